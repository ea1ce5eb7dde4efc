"""Whether a text speaks of somebody: by their name or by one of their addresses, however it is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from peyvand.foundation.text.digits import latin_digits
from peyvand.foundation.text.keys import fa_key, fa_key_spaced

GONE = "…"  # what stands where somebody's name was
SHORTEST = 3  # letters: a shorter text is not looked for, it would be found everywhere
TELLING = 6  # letters from which on a name of one word tells who is meant wherever it stands
NUMBER = 8  # digits from which on a number tells who is meant; shorter codes stand in every file
PHONE = 10  # last digits by which a telephone number is known, with or without its country
_WORD = re.compile(r"\w+")
_BETWEEN = r"[\s().\-\u200c\u200e\u200f\u2066-\u2069]"
_BETWEEN_DIGITS = re.compile(rf"(?<=\d){_BETWEEN}+(?=\d)")
_UNUSUAL = "[\ufb50-\ufdff\ufe70-\ufefc\uff01-\uff5e]"  # letters that NFKC makes others of
_SAME = ("یيىېۍئ", "کكڪ", "هةۀہھ", "اأإٱآ", "وؤ", *(f"{n}{chr(0x6F0 + n)}{chr(0x660 + n)}" for n in range(10)))
_UNSEEN = "[\u0640\u064b-\u065f\u0670\u200b-\u200f\u202a-\u202e\u2066-\u2069\u00ad]*"


@dataclass(frozen=True)
class Mentioned:
    """Somebody of whom texts may speak: the ids of their records, their names and their addresses.

    A name is met when all of its words stand in the text, in any order (files keep its parts in columns of their own);
    one of a single short word only when it is the whole text. An address is met anywhere, a telephone number by its
    last ten digits.
    """

    ids: frozenset[int]
    names: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()

    @classmethod
    def of(cls, *, ids: Iterable[int], names: Iterable[str], addresses: Iterable[str]) -> Mentioned:
        """Without what is too short to tell anybody by."""
        kept = {name for name in names if len(name) >= SHORTEST}
        reached = {one for one in addresses if len(one) >= SHORTEST and not _is_code(one)}
        return cls(frozenset(ids), tuple(sorted(kept)), tuple(sorted(reached)))

    def in_text(self, text: str) -> bool:
        """Whether the text speaks of them."""
        return self.in_row((text,))

    def in_row(self, cells: Sequence[str]) -> bool:
        """Whether the cells of a line, taken together, speak of them."""
        whole = " ".join(cells)
        if not self._hint.search(whole):
            return False
        folded = fa_key(whole)
        if self._address is not None and self._address.search(folded):
            return True
        if self._numbers and any(one in _BETWEEN_DIGITS.sub("", folded) for one in self._numbers):
            return True
        words = {*_WORD.findall(folded), *_WORD.findall(fa_key_spaced(whole))}
        for name in self._names:
            if len(name) > 1 or len(name[0]) >= TELLING:
                if words.issuperset(name):
                    return True
            elif any(tuple(_WORD.findall(fa_key(cell))) == name for cell in cells):
                return True
        return False

    def mentioned_perhaps(self, text: str) -> bool:
        """A quick look at much text at once: False is certain."""
        return self._hint.search(text) is not None

    def without(self, text: str) -> str:
        """The text with their names and addresses taken out, as far as they stand there as written."""
        for one in sorted({*self.names, *self.addresses}, key=len, reverse=True):
            text = text.replace(one, GONE)
        return text

    @cached_property
    def _names(self) -> tuple[tuple[str, ...], ...]:
        found = {tuple(sorted(_WORD.findall(key(name)))) for name in self.names for key in (fa_key, fa_key_spaced)}
        return tuple(sorted(words for words in found if words))

    @cached_property
    def _address(self) -> re.Pattern[str] | None:
        found = sorted({fa_key(one) for one in self.addresses if not _digits_of(one)} - {""})
        return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, found))})(?!\w)") if found else None

    @cached_property
    def _numbers(self) -> tuple[str, ...]:
        return tuple(sorted({digits[-PHONE:] for one in self.addresses if (digits := _digits_of(one))}))

    @cached_property
    def _hint(self) -> re.Pattern[str]:
        return re.compile(self.hint, re.IGNORECASE)

    @cached_property
    def hint(self) -> str:
        """What is found in every text that speaks of them, and in few others: a pattern for re and for PostgreSQL's ~*,
        whatever the case of the letters.
        """
        words = {max(name, key=len) for name in self._names} | {fa_key(a) for a in self.addresses if not _digits_of(a)}
        parts = [_UNSEEN.join(map(_variants, word)) for word in sorted(words - {""})]
        parts += [f"{_BETWEEN}*".join(map(_variants, number)) for number in self._numbers]
        return "|".join([*parts, _UNUSUAL])


def _variants(letter: str) -> str:
    same = next((group for group in _SAME if letter in group), "")
    return f"[{same}]" if same else re.escape(letter)


def _digits_of(address: str) -> str:
    """The digits of an address that is a number; "" for any other."""
    plain = latin_digits(address)
    return re.sub(r"\D", "", plain) if re.fullmatch(rf"(?:\+|\d|{_BETWEEN})+", plain) else ""


def _is_code(address: str) -> bool:
    return 0 < len(_digits_of(address)) < NUMBER
