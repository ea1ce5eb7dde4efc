"""How a name sounds and how near two names are, in Persian and Latin letters; pure, for the web and for jobs.

A person's name is compared as two words, given and family, without honorifics, each as its search key without spaces
(«محمد رضا» is «محمدرضا»). Its sound is what is left in both scripts when the vowels, which Persian does not write, are
gone: سارا کریمی and Sara Karimi are both "sr krm". A first vowel counts, so that علی and لیلا differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from peyvand.foundation.text.keys import fa_key, fa_key_spaced
from peyvand.foundation.text.names import split_person_name

_TITLES = frozenset(
    fa_key(word)
    for word in [
        "آقا",
        "آقای",
        "خانم",
        "خانوم",
        "دکتر",
        "مهندس",
        "سید",
        "سیده",
        "حاج",
        "حاجی",
        "حاجیه",
        "جناب",
        "سرکار",
        "استاد",
        "پروفسور",
        "دوشیزه",
        "کربلایی",
        "مشهدی",
        "میرزا",
        "سادات",
        "السادات",
        "mr",
        "mr.",
        "mrs",
        "mrs.",
        "ms",
        "ms.",
        "miss",
        "dr",
        "dr.",
        "prof",
        "prof.",
        "eng",
        "eng.",
        "sir",
        "seyed",
        "seyyed",
        "sayed",
        "haj",
        "haji",
    ]
)
_FIRM = frozenset(
    fa_key(word)
    for word in [
        "شرکت",
        "موسسه",
        "مؤسسه",
        "فروشگاه",
        "گروه",
        "بازرگانی",
        "سازمان",
        "کارخانه",
        "دفتر",
        "هلدینگ",
        "صنایع",
        "تولیدی",
        "تجارت",
        "پخش",
        "خاص",
        "عام",
        "سهامی",
        "مسئولیت",
        "محدود",
        "با",
        "the",
        "co",
        "co.",
        "company",
        "ltd",
        "ltd.",
        "inc",
        "inc.",
        "llc",
        "group",
        "corp",
        "corp.",
        "trading",
        "store",
        "shop",
    ]
)
_SAME_GIVEN: dict[str, str] = {}
for _names in (
    "فاطمه فاطی", "محمد ممد مهمد", "محمدرضا ممدرضا", "علیرضا علی‌رضا", "مصطفی مصی", "زهرا زری زهره", "مرتضی مرتض",
    "ابراهیم ابی", "عبدالله عبدل", "حمیدرضا حمید", "امیرحسین امیر", "غلامرضا رضا", "مهشید مهشی", "الهام الی",
    "یدالله یدی", "خدیجه خدیج", "اسماعیل اسی", "سعید سعیده", "محمود ممود", "مجتبی مجی", "نازنین نازی",
):  # fmt: skip
    _first, *_rest = (fa_key(_one) for _one in _names.split())
    for _one in _rest:
        _SAME_GIVEN.setdefault(_one, _first)
del _SAME_GIVEN[fa_key("سعیده")], _SAME_GIVEN[fa_key("زهره")], _SAME_GIVEN[fa_key("رضا")]

_SEYYED = fa_key("سید")
_PERSIAN = re.compile("[\u0600-\u06ff]")
_SOUNDS = str.maketrans(
    {
        **dict.fromkeys("زذضظ", "z"), **dict.fromkeys("سصث", "s"), **dict.fromkeys("تط", "t"),
        **dict.fromkeys("قغ", "q"), **dict.fromkeys("هح", "h"), "ب": "b", "پ": "p", "ج": "j", "چ": "c", "خ": "x",
        "د": "d", "ر": "r", "ژ": "j", "ش": "$", "ف": "f", "ک": "k", "گ": "g", "ل": "l", "م": "m", "ن": "n",
    }
)  # fmt: skip
_PAIRS = (("sch", "$"), ("kh", "x"), ("gh", "q"), ("sh", "$"), ("ch", "c"), ("zh", "j"), ("ph", "f"), ("ck", "k"))
_LATIN = str.maketrans({"c": "k", "q": "q", "x": "ks"})
_VOWELS = "aeiou"


@lru_cache(maxsize=200_000)
def sound(word: str) -> str:
    """The consonants of a word in either script; "" where there are none to tell it by."""
    key = fa_key(word).replace(" ", "")
    return _persian_sound(key) if _PERSIAN.search(key) else _latin_sound(key)


def _persian_sound(key: str) -> str:
    if not key:
        return ""
    first = {"ا": "a", "ع": "a", "و": "v", "ی": "y"}.get(key[0], "")
    body = key.replace("لل", "ل")
    if body.endswith("ه") and len(body) > 2:
        body = body[:-1]
    letters = [letter for letter in body.translate(_SOUNDS) if letter.isascii() and (letter.isalnum() or letter == "$")]
    if first in ("v", "y") and key[1:2] == "ا" and first == "y":
        return first + "".join(letters)
    return first + "".join(letters)


def _latin_sound(key: str) -> str:
    word = "".join(letter for letter in key if letter.isascii() and letter.isalnum())
    if not word:
        return ""
    first = "a" if word[0] in _VOWELS else "v" if word[0] in "vw" else "y" if word[0] == "y" else ""
    if len(word) > 2 and word.endswith("h") and word[-2] in _VOWELS:
        word = word[:-1]
    for pair, sign in _PAIRS:
        word = word.replace(pair, sign.upper() if sign.isalpha() else sign)
    word = re.sub(r"(.)\1+", r"\1", word)
    lowered = word.translate(_LATIN).casefold() if "C" not in word else _keep_c(word)
    return first + "".join(letter for letter in lowered if letter not in "aeiouyvw")


def _keep_c(word: str) -> str:
    return "C".join(part.translate(_LATIN) for part in word.split("C")).casefold()


@dataclass(frozen=True)
class NameKeys:
    """What names are compared by: each part's key and sound, and the whole with its parts in a fixed order."""

    given: str
    family: str
    given_sound: str
    family_sound: str
    words: str
    sound: str


def person_keys(name: str, given: str = "", family: str = "") -> NameKeys:
    """The keys of a person's name, from its parts where these are known."""
    if not (given or family):
        parts = split_person_name(name)
        given, family = parts.given, parts.family
    first, last = _plain(given), _plain(family)
    first = _SAME_GIVEN.get(first, first)
    sounds = sound(first), sound(last)
    return NameKeys(
        given=first, family=last, given_sound=sounds[0], family_sound=sounds[1],
        words=" ".join(sorted(filter(None, (first, last)))),
        sound=" ".join(sorted(filter(None, sounds))) if all(sounds) else "",
    )  # fmt: skip


def firm_keys(name: str) -> NameKeys:
    """The keys of an organisation's name, without words like «شرکت»; all of it stands as the family name."""
    words = [word for word in fa_key_spaced(name).split() if word.strip("()«».,") not in _FIRM]
    words = words or fa_key_spaced(name).split()
    whole = " ".join(words)
    sounds = [found for word in words if (found := sound(word))]
    joined = "".join(words)
    return NameKeys(given="", family=joined, given_sound="", family_sound="".join(sounds), words=whole,
                    sound=" ".join(sorted(sounds)) if len("".join(sounds)) >= 3 else "")  # fmt: skip


@lru_cache(maxsize=200_000)
def _plain(part: str) -> str:
    words = [word for word in fa_key_spaced(part).split() if word not in _TITLES]
    whole = "".join(words or fa_key(part).split())
    return whole[3:] if whole.startswith(_SEYYED) and len(whole) > 5 else whole


def local_part(email: str) -> str:
    """The part of an address before the @ without dots and tags, where it is long enough to tell somebody by."""
    local = email.partition("@")[0].partition("+")[0].replace(".", "").replace("_", "").replace("-", "")
    return local if len(local) >= 6 and local not in _SHARED_BOXES else ""


_SHARED_BOXES = frozenset(
    ["support", "contact", "office", "kontakt", "webmaster", "service", "billing", "invoice", "accounting"]
)


# ── nearness ──────────────────────────────────────────────────────────────

SAME, SOUND, NEAR, PART, FAMILY, GIVEN, OTHER = 6, 5, 4, 3, 2, 1, 0


def name_level(one: NameKeys, other: NameKeys) -> int:
    """How near two names are, from SAME to OTHER; -1 where one of them has no name to compare."""
    if not one.words or not other.words:
        return -1
    if one.words == other.words:
        return SAME
    if one.sound and one.sound == other.sound:
        return SOUND
    if len(one.words) >= 7 and distance(one.words, other.words) <= 1:
        return NEAR
    same_family = one.family and (
        one.family == other.family or (one.family_sound == other.family_sound and len(one.family_sound) > 1)
    )
    if same_family and one.given and other.given and jaro_winkler(one.given, other.given) >= 0.9:
        return NEAR
    if len(one.family) >= 5 and one.given == other.given != "" and distance(one.family, other.family) <= 1:
        return NEAR
    if same_family and _part_of(one.given, other.given):
        return PART
    if same_family:
        return FAMILY
    return GIVEN if one.given and one.given == other.given else OTHER


def _part_of(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return not short or long.startswith(short) or long.endswith(short)


def distance(one: str, other: str) -> int:
    """Letters to change, add, drop or swap to make one of the other (optimal string alignment)."""
    if abs(len(one) - len(other)) > 3:
        return 4
    before: Sequence[int] = []
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        last, row = row, [i]
        for j, right in enumerate(other, 1):
            cost = min(row[j - 1] + 1, last[j] + 1, last[j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and one[i - 2] == right:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before = last
    return row[-1]


def jaro_winkler(one: str, other: str) -> float:
    """Likeness from 0 to 1, more for the same beginning (Winkler 1990)."""
    if one == other:
        return 1.0
    reach = max(max(len(one), len(other)) // 2 - 1, 0)
    taken = [False] * len(other)
    first: list[str] = []
    for i, letter in enumerate(one):
        for j in range(max(0, i - reach), min(len(other), i + reach + 1)):
            if not taken[j] and other[j] == letter:
                taken[j] = True
                first.append(letter)
                break
    if not first:
        return 0.0
    second = [letter for letter, was in zip(other, taken, strict=True) if was]
    swaps = sum(a != b for a, b in zip(first, second, strict=True)) / 2
    common = len(first)
    jaro = (common / len(one) + common / len(other) + (common - swaps) / common) / 3
    prefix = 0
    for a, b in zip(one[:4], other[:4], strict=False):
        if a != b:
            break
        prefix += 1
    return jaro + prefix * 0.1 * (1 - jaro)


def any_common(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether the two have a value in common."""
    return not set(one).isdisjoint(other)
