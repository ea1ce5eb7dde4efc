"""People's names, in Persian and Latin letters."""

from __future__ import annotations

import re
from dataclasses import dataclass

from peyvand.foundation.text.keys import clean, fa_key

_ARABIC_LETTER = re.compile("[\u0620-\u064a\u066e-\u06d3\u06fa-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]")


def _keys(words: str) -> frozenset[str]:
    """By fa_key, so that «آقای», «اقای» and «آقاي» are one."""
    return frozenset(map(fa_key, words.split()))


_HONORIFICS = _keys(
    "آقا آقای خانم دکتر مهندس سید سیده حاج حاجی حاجیه جناب سرکار استاد پروفسور دوشیزه کربلایی "
    "mr mr. mrs mrs. ms ms. miss dr dr. prof prof. eng eng. sir"
)
# Before a family name: «آقای کیانی» has no given name.
_FORMAL = _keys("آقای خانم جناب سرکار دکتر مهندس mr mr. mrs mrs. ms ms. miss dr dr. prof prof.")
_COMPOUND_FIRST = _keys("محمد علی امیر میر غلام عبد نور شاه گل ابو آقا فاطمه زهرا حسین حسن مهر شیر بی")
_COMPOUND_SECOND = _keys(
    "رضا علی حسین حسن مهدی محمد امیر جواد کاظم باقر صادق تقی نقی هادی اکبر اصغر زهرا فاطمه طاها یاسین امین حمید "
    "سعید عباس سجاد پارسا ارسلان سینا سام یاشار کیان بی‌بی"
)
_SADAT = _keys("سادات السادات")
_FAMILY_TAILS = _keys("پور نژاد زاده زادگان فر فرد نیا منش خواه پناه دوست مقدم اصل راد وند گهر")
_PARTICLES = _keys("van von der den de da di du la le del al el bin ibn ben st st.")
_GENERIC = _keys("شرکت موسسه فروشگاه گروه بازرگانی سازمان کارخانه دفتر هلدینگ صنایع تولیدی the")


@dataclass(frozen=True)
class PersonName:
    """A name in its parts, each as typed; any may be empty."""

    honorific: str
    given: str
    family: str

    @property
    def full(self) -> str:
        """The parts in their order."""
        return " ".join(part for part in (self.honorific, self.given, self.family) if part)


def split_person_name(full: str) -> PersonName:
    """Guess honorific, given and family name from one field.

    A lone word is a given name, unless a formal honorific stands before it («آقای کیانی»). «محمد رضا» and «مریم سادات»
    are one given name; «کیانی پور» is one family name. "Kiani, Hamidreza" has the family name first. A guess: show it
    for correction.
    """
    before, comma, after = clean(full).replace("،", ",").partition(",")
    words = (after if comma and after.strip() else before).split()
    family_first = before.split() if comma and after.strip() else []
    honorifics: list[str] = []
    for source in (family_first, words):
        while len(source) > 1 and fa_key(source[0]) in _HONORIFICS:
            honorifics.append(source.pop(0))
    honorific = " ".join(honorifics)
    if family_first:
        return PersonName(honorific, " ".join(words), " ".join(family_first))
    if len(words) == 1:
        formal = bool(honorifics) and fa_key(honorifics[-1]) in _FORMAL
        return PersonName(honorific, "" if formal else words[0], words[0] if formal else "")
    cut = _given_words(words)
    return PersonName(honorific, " ".join(words[:cut]), " ".join(words[cut:]))


def _given_words(words: list[str]) -> int:
    """How many of the words are the given name."""
    if not words:
        return 0
    keys = [fa_key(word) for word in words]
    if not _ARABIC_LETTER.search(words[0]):
        cut = len(words) - 1
        while cut > 1 and keys[cut - 1] in _PARTICLES:
            cut -= 1
        return cut
    if len(words) == 2:
        return 1
    compound = keys[0] in _COMPOUND_FIRST and keys[1] in _COMPOUND_SECOND
    if (compound or keys[1] in _SADAT) and not (len(words) == 3 and keys[2] in _FAMILY_TAILS):
        return 2
    return 1


def initials(name: str, organisation: bool = False) -> str:
    """What an avatar shows: one letter in Persian (two would join); in Latin two for a person, one for an organisation.

    Honorifics and words like «شرکت» don't count. "#" for a name of digits only, "?" where there is nothing to show.
    """
    if organisation:
        words = clean(name).split()
        while len(words) > 1 and fa_key(words[0]) in _GENERIC:
            words.pop(0)
    else:
        parts = split_person_name(name)
        words = f"{parts.given} {parts.family}".split()
    letters = [first for word in words if (first := next((sign for sign in word if sign.isalpha()), ""))]
    if not letters:
        return "#" if any(sign.isdigit() for sign in name) else "?"
    first, last = letters[0].upper()[:1], letters[-1].upper()[:1]
    one = organisation or len(letters) == 1 or any(_ARABIC_LETTER.match(letter) for letter in (first, last))
    return first if one else first + last
