"""Keys to find, match and sort text by. What people typed is stored beside them, never replaced by them."""

from __future__ import annotations

import re
import unicodedata

from peyvand.foundation.text.bidi import MARKS
from peyvand.foundation.text.digits import TO_LATIN

ZWNJ = "\u200c"

_LETTERS: dict[int, str | None] = {
    **dict.fromkeys(map(ord, "يىېۍئ"), "ی"),
    **dict.fromkeys(map(ord, "كڪ"), "ک"),
    **dict.fromkeys(map(ord, "ةۀہھ"), "ه"),
    **dict.fromkeys(map(ord, "أإٱآ"), "ا"),
    ord("ؤ"): "و",
    ord("ء"): None,
    0x0640: None,  # tatweel
}
_HARAKAT = [*range(0x0610, 0x061B), *range(0x064B, 0x0660), 0x0670, *range(0x06D6, 0x06EE)]
# ZWSP, ZWNJ, ZWJ, word joiner, BOM, soft hyphen: seen by nobody, so searched by nobody.
_INVISIBLE = [*MARKS, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD, 0]
_KEY: dict[int, str | None] = {**dict.fromkeys([*_HARAKAT, *_INVISIBLE]), **_LETTERS, **TO_LATIN}
_KEY.update(dict.fromkeys(range(0xD800, 0xE000)))  # lone surrogates can't be stored
_PLAIN = re.compile("[\u0000-\u007f\u0600-\u06ff]*")


def fa_key(text: str) -> str:
    """Search key of any text: every search, unique check, de-duplication and import match goes through it.

    1. NFKC; 2. one form of each Arabic or Persian letter; 3. digits to 0–9; 4. no harakat and no invisible marks, ZWNJ
    included; 5. casefold, single spaces. Applying it twice changes nothing.
    """
    key = _fold(text)
    while not _PLAIN.fullmatch(key):  # outside ASCII and Arabic, a letter may compose or fold anew once marks are gone
        again = _fold(key)
        if again == key:
            break
        key = again
    return key


def fa_key_spaced(text: str) -> str:
    """The key with ZWNJ read as a space: the second way people search for «محمد‌رضا»."""
    return fa_key(text.replace(ZWNJ, " "))


def _fold(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).translate(_KEY).casefold().split())


_UNSEEN = [*MARKS, 0xFEFF, *range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F, *range(0xD800, 0xE000)]
_CLEAN: dict[int, str | None] = {**dict.fromkeys(_UNSEEN), ord("ي"): "ی", ord("ك"): "ک"}


def clean(text: str) -> str:
    """What is safe to change in people's text: Persian ی and ک, no marks that nobody sees, no space at the ends.

    ZWNJ, آ, ئ and harakat stay. Not for Arabic text, addresses, passwords or messages of customers.
    """
    return text.translate(_CLEAN).strip()


# The alphabet, each letter at the code point of its rank: after the digits, before the Latin letters, all in ASCII.
_ALPHABET = "آابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"
_RANK: dict[int, str] = {ord(letter): chr(0x41 + rank) for rank, letter in enumerate(_ALPHABET)}
_RANK.update({0x61 + rank: chr(0x41 + len(_ALPHABET) + rank) for rank in range(26)})
_SORT: dict[int, str | None] = {code: to for code, to in _KEY.items() if code != ord("آ")}
_ALEF_MADDA = "ا\u0653"
_TIE = "\t"  # below the space, so that a name comes before the longer one that begins with it


def sort_key(text: str) -> str:
    """Sort key to be compared by code point (COLLATE "C"): digits, then Persian letters (آ first), then Latin letters.

    Harakat, ZWNJ, punctuation and accents don't count but to tell equals apart: different names have different keys.
    """
    letters = unicodedata.normalize("NFKC", text).translate(_SORT).casefold()
    bare = unicodedata.normalize("NFKD", letters).replace(_ALEF_MADDA, "آ")
    ranked = "".join(filter(_counts, bare)).translate(_RANK)
    return f"{' '.join(ranked.split())}{_TIE}{clean(text)}"


def _counts(letter: str) -> bool:
    """Letters, digits, symbols such as emoji and spaces count; combining marks and punctuation don't."""
    return letter.isspace() or unicodedata.category(letter)[0] in "LNS"


def sorting_letters() -> tuple[str, str]:
    """Two rows of letters for a database's translate(): in lower case, from the first to the second, what is beyond its
    end left out. Compared by code point, what comes out stands in the order of `sort_key`, as far as letters go.
    """
    ranked = {chr(code): to for code, to in _RANK.items()}
    kept, dropped = dict(ranked), []
    for code, to in _SORT.items():
        letter = chr(code)
        if letter in ranked or 0xD800 <= code < 0xE000 or not code:
            continue
        if to is None:
            dropped.append(letter)
        else:
            kept[letter] = ranked.get(to, to)
    return "".join([*kept, *dropped]), "".join(kept.values())
