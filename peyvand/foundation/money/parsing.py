"""Amounts as people type them and files hold them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from peyvand.foundation.money.amounts import AmountError, Money
from peyvand.foundation.money.currencies import CURRENCIES, RIAL, TOMAN, TOMAN_WORD
from peyvand.foundation.text.bidi import MARKS
from peyvand.foundation.text.digits import latin_digits
from peyvand.foundation.text.keys import fa_key

LARGEST = Decimal(10) ** 30

_FOLD: dict[int, str | None] = {
    **dict.fromkeys([*MARKS, 0x200B, 0x200D, 0x2060, 0xFEFF]),
    **dict.fromkeys(map(ord, "−–—‑﹣－"), "-"),
    **dict.fromkeys(map(ord, "٬’‘`"), "'"),  # only ever between thousands
    ord("،"): ",",
    0x200C: " ",
}
_SCALES = {
    **dict.fromkeys(["هزار", "thousand", "k"], 10**3),
    **dict.fromkeys(["میلیون", "ملیون", "million", "mn", "m"], 10**6),
    **dict.fromkeys(["میلیارد", "ملیارد", "billion", "bn", "b"], 10**9),
    **dict.fromkeys(["تریلیون", "trillion", "tn", "t"], 10**12),
}
_ALIASES = {
    **dict.fromkeys(["تومن", "ت", "tomans", "tuman", "irt"], TOMAN),
    **dict.fromkeys(["ریال ایران", "rials", "iranian rials"], RIAL),
    "dollars": "USD",
    "us $": "USD",
    "euros": "EUR",
    "pounds": "GBP",
    "tl": "TRY",
    "rmb": "CNY",
    "dh": "AED",
}
_WORD = re.compile(r"[^\W\d_]+|[$€£¥₺₽₹₼₾₸₩฿₱₫₴₪₦﷼]")
_SCIENTIFIC = re.compile(r"[-+]?\d+(?:\.\d+)?e[-+]?\d{1,2}")
_GROUPED = r"\d{1,3}(?:[%s]\d{3})+|\d{1,2}(?:[%s]\d{2})+[%s]\d{3}"


@dataclass(frozen=True)
class Amount:
    """A number and the unit written beside it: an ISO code, IRT for toman, or "" where none was."""

    value: Decimal
    unit: str

    def money(self, unit: str) -> Money:
        """As money; `unit` (an ISO code or IRT) stands in where none was written."""
        return Money.from_decimal(self.value, self.unit or unit)


def parse_amount(raw: str) -> Decimal:
    """The number alone, in the unit that was written: «۲٬۱۴۰٬۰۰۰ تومان» is 2140000. Raises AmountError.

    Take `read_amount` where rial and toman could be mixed up.
    """
    return read_amount(raw).value


def read_amount(raw: str) -> Amount:
    """Number, scale («۴۸٫۶ میلیون») and unit («تومان», $, EUR) of what was typed. Raises AmountError.

    Thousands by ٬ , ' or space, decimals by ٫ . or / («۱۲/۵»). A lone comma before three digits is for thousands, a
    lone dot is a decimal point. (1,234), −1,234 and 1,234- are negative.
    """
    text = latin_digits(raw).translate(_FOLD).casefold().strip()
    if _SCIENTIFIC.fullmatch(text):
        return Amount(_bounded(Decimal(text)), "")
    words = fa_key(" ".join(_WORD.findall(text))).split()
    scale = 1
    for place in (0, -1):  # «۵ میلیون تومان», "AED 5K"
        while words and words[place] in _SCALES:
            scale *= _SCALES[words.pop(place)]
    unit = _unit(" ".join(words))
    number = _WORD.sub(" ", text).strip()
    negative = False
    for before, after in (("(", ")"), ("-", ""), ("", "-")):
        if number.startswith(before) and number.endswith(after) and len(number) > 1:
            number = number[len(before) : len(number) - len(after)].strip()
            negative = True
            break
    value = Decimal(_plain(number.removeprefix("+").strip())) * scale
    return Amount(_bounded(-value if negative else value), unit)


def _bounded(value: Decimal) -> Decimal:
    if abs(value) >= LARGEST:
        raise AmountError(_("This amount is too large. Type a smaller one."))
    return value


def _unreadable() -> AmountError:
    return AmountError(_("Type the amount in digits, like 2,140,000."))


def _plain(text: str) -> str:
    """The number in Python's own writing."""
    text = re.sub(r"(?<=\d)\s(?=\d{3}(?!\d))", "'", text)
    if not re.fullmatch(r"[\d.,'/\u066b]*\d[\d.,'/\u066b]*", text):
        raise _unreadable()
    whole, point, fraction = _split(text)
    separators = {sign for sign in whole if not sign.isdigit()}
    if len(separators) > 1:
        raise _unreadable()
    if separators:
        sign = re.escape(separators.pop())
        if not re.fullmatch(_GROUPED.replace("%s", sign), whole):
            raise _unreadable()
    if point and fraction and not fraction.isdigit():
        raise _unreadable()
    return f"{re.sub(r'[^0-9]', '', whole) or '0'}.{fraction or '0'}"


def _split(text: str) -> tuple[str, str, str]:
    """What stands before and after the decimal point, whichever sign that is here."""
    for point in ("\u066b", "/"):
        if point in text:
            return text.partition(point)
    comma, dot = text.rfind(","), text.rfind(".")
    if comma >= 0 and dot >= 0:
        return text.rpartition("," if comma > dot else ".")
    if text.count(".") == 1:
        return text.partition(".")
    if text.count(",") == 1 and not re.fullmatch(r"[1-9]\d{0,2},\d{3}", text):
        return text.partition(",")
    return text, "", ""


def _unit(words: str) -> str:
    if not words:
        return ""
    found = _units().get(words.replace(" ", ""))
    if found is None:
        raise AmountError(_("%(unit)s is no unit of money we know. Type it like 2,140,000 toman."), unit=words)
    return found


@cache
def _units() -> dict[str, str]:
    """Units by every way to write them, in both languages."""
    units: dict[str, str] = {}
    for language in ("en", "fa"):
        with override(language):
            units[_written(str(TOMAN_WORD))] = TOMAN
            for code, currency in CURRENCIES.items():
                for label in (code, currency.name, currency.word, currency.symbol):
                    if label:
                        units[_written(str(label))] = code
    return units | {_written(alias): unit for alias, unit in _ALIASES.items()}


def _written(text: str) -> str:
    """The key of a unit, however its words are joined: «لیره‌ی لبنان», «لیره ی لبنان»."""
    return fa_key(text).replace(" ", "")
