"""What cells without a title are, by themselves: names, cities, national codes, days, amounts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from peyvand.foundation.calendar.parsing import DateError, parse_datetime
from peyvand.foundation.text.digits import latin_digits
from peyvand.foundation.text.identifiers import IdentifierError, parse_national_id
from peyvand.foundation.text.keys import fa_key
from peyvand.foundation.text.known import CITIES, FAMILY_ENDS, GIVEN_NAMES
from peyvand.foundation.text.names import split_person_name
from peyvand.foundation.transfer.parsing import CellError, read_decimal

LOOKED_AT = 60  # cells of a column
SHORTEST_FAMILY = 4  # letters
_LETTERS = re.compile(r"[^\W\d_]+(?:[ \u200c.'’-]+[^\W\d_]+)*\.?")
_DIGITS_OF_DAY = re.compile(r"\s*\d{1,4}\s*[-/.]\s*\d{1,2}\s*[-/.]\s*\d{1,4}\b")
_DAY = re.compile(rf"{_DIGITS_OF_DAY.pattern}|.*[^\W\d_]{{3,}}.*\d{{4}}|\d{{4}}.*[^\W\d_]{{3,}}")
_MONEY = re.compile(r"[$€£¥﷼]|ریال|تومان|\b(?:usd|eur|gbp|irr|irt|rial|toman)\b", re.IGNORECASE)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:[,٬]\d{3})+(?:[.٫]\d+)?")
Share = Callable[[Sequence[str]], float]


def looks_like(like: str, samples: Sequence[str]) -> float:
    """The share of the cells that look like that (0–1); 0 for what nobody knows or where there are no cells."""
    if like not in _BY_LIKE or not samples:
        return 0.0
    return _BY_LIKE[like](samples[:: max(1, len(samples) // LOOKED_AT)])


def _share(samples: Sequence[str], good: Callable[[str], bool]) -> float:
    return sum(map(good, samples)) / len(samples)


def _worded(samples: Sequence[str], least: int, most: int) -> list[str]:
    """Cells of so many words, of letters only."""
    return [cell for cell in samples if _LETTERS.fullmatch(cell) and least <= len(cell.split()) <= most]


def _full_name(samples: Sequence[str]) -> float:
    """Two words or more, of which the given name is known in a good part of all."""
    found = _worded(samples, 2, 5)
    parts = [split_person_name(cell) for cell in found]
    known = sum(_is_given(part.given) for part in parts)
    return len(found) / len(samples) if known >= 0.4 * len(samples) else 0.0


def _is_given(name: str) -> bool:
    key = fa_key(name)
    return key in GIVEN_NAMES or key.replace(" ", "") in GIVEN_NAMES or key.split(" ")[0] in GIVEN_NAMES


def _given_name(samples: Sequence[str]) -> float:
    found = _worded(samples, 1, 2)
    known = sum(_is_given(cell) for cell in found)
    return len(found) / len(samples) if known >= 0.6 * len(samples) else 0.0


def _family_name(samples: Sequence[str]) -> float:
    """One or two words that end as family names do, and are neither given names nor cities."""
    found = _worded(samples, 1, 2)
    keys = [fa_key(cell) for cell in found]
    other = sum(key in GIVEN_NAMES or key in CITIES for key in keys)
    ends = sum(len(key) >= SHORTEST_FAMILY and key.endswith(FAMILY_ENDS) for key in keys)
    different = len(set(keys)) >= 0.5 * len(keys)
    fits = ends >= 0.6 * len(samples) and other <= 0.2 * len(samples) and different
    return 0.9 * len(found) / len(samples) if fits else 0.0


def _city(samples: Sequence[str]) -> float:
    known = sum(fa_key(cell) in CITIES or fa_key(cell).replace(" ", "") in CITIES for cell in samples)
    return min(1.0, 0.4 + known / len(samples)) if known >= 0.5 * len(samples) else 0.0


def _national_code(samples: Sequence[str]) -> float:
    """Ten digits whose last one proves the others; Excel may have taken zeros away from the front."""

    def good(cell: str) -> bool:
        digits = latin_digits(cell).strip()
        if not re.fullmatch(r"\d{8,10}", digits):
            return False
        try:
            parse_national_id(digits.zfill(10))
        except IdentifierError:
            return False
        return True

    share = _share(samples, good)
    return share if share >= 0.8 and len(set(samples)) > 0.5 * len(samples) else 0.0


def days_of(samples: Sequence[str]) -> list[date]:
    """The days that can be read in these cells, whichever of day and month stands first."""
    found = []
    for cell in samples:
        if _DAY.match(latin_digits(cell)):
            try:
                read = parse_datetime(cell, tz="UTC", day_first=True)
            except (DateError, ValueError):
                continue
            found.append(read.date())
    return found


def _day(samples: Sequence[str]) -> float:
    return len(days_of(samples)) / len(samples)


def _birthday(samples: Sequence[str]) -> float:
    """Days as people are born: none ahead, few of late, spread over many years."""
    days = days_of(samples)
    if len(days) < 0.8 * len(samples):
        return 0.0
    today = datetime.now().date()
    years = [today.year - day.year for day in days]
    fits = all(0 <= year <= 110 for year in years) and sum(year >= 14 for year in years) >= 0.8 * len(years)
    return len(days) / len(samples) if fits else 0.0


def _amount(samples: Sequence[str]) -> float:
    """Numbers written as money is: with a currency, in groups, with cents, or in round thousands."""

    def number(cell: str) -> bool:
        try:
            read_decimal(cell)
        except CellError:
            return False
        return not _DIGITS_OF_DAY.match(latin_digits(cell))

    def money(cell: str) -> bool:
        digits = latin_digits(cell).strip()
        whole = digits.replace(",", "").replace("٬", "").split(".")[0].lstrip("+-")
        return bool(
            _MONEY.search(cell)
            or _GROUPED.fullmatch(digits)
            or re.fullmatch(r"[+-]?\d+[.٫]\d{2}", digits)
            or (len(whole) >= 5 and whole.endswith("000"))
        )

    numbers, written = _share(samples, number), _share(samples, money)
    return numbers if numbers >= 0.9 and written >= 0.6 else 0.0


_BY_LIKE: Mapping[str, Share] = {
    "name": _full_name,
    "given_name": _given_name,
    "family_name": _family_name,
    "city": _city,
    "national_code": _national_code,
    "day": _day,
    "birthday": _birthday,
    "amount": _amount,
}
