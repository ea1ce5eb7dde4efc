"""Numbers, percents and money as a reader sees them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Literal

from django.utils.translation import override

from peyvand.foundation.money.amounts import Money
from peyvand.foundation.money.currencies import RIAL, RIALS_A_TOMAN, TOMAN_WORD, Currency, currency_of
from peyvand.foundation.text.digits import persian_digits

MoneyStyle = Literal["full", "short", "number", "millions"]

ARABIC_LETTER_MARK = "\u061c"
MINUS = "\u2212"
PERSIAN_MINUS = f"\u200e{MINUS}"  # the mark keeps the minus at the left of Persian digits
LEFT_TO_RIGHT_ISOLATE, POP_ISOLATE = "\u2066", "\u2069"
MOST_DECIMALS = 6

SCALES = (10**3, 10**6, 10**9, 10**12)
SCALE_WORDS = {"fa": (" هزار", " میلیون", " میلیارد", " هزار میلیارد"), "en": ("K", "M", "B", "T")}


def _language(language: str) -> str:
    return "fa" if language.startswith("fa") else "en"


def _unsigned(n: Decimal, language: str, decimals: int | None) -> str:
    """The size of a number, half up; without `decimals` only as many as it has, six at most."""
    with localcontext(prec=60):
        places = MOST_DECIMALS if decimals is None else decimals
        text = f"{abs(n).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP):,f}"
    if decimals is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    if _language(language) == "en":
        return text
    return persian_digits(text.replace(",", "٬").replace(".", "٫"))


def _is_zero(text: str) -> bool:
    return not any(sign in "123456789۱۲۳۴۵۶۷۸۹" for sign in text)


def _minus(n: Decimal, text: str, language: str) -> str:
    if n >= 0 or _is_zero(text):
        return ""
    return PERSIAN_MINUS if _language(language) == "fa" else "-"


def format_number(n: Decimal | float, *, language: str, decimals: int | None = None) -> str:
    """A number with separators: «۱٬۲۳۴٫۵», "1,234.5". Rounded half up; without `decimals` as it is, six at most.

    Floats are read by their shortest writing; NaN and infinity are a mistake of the caller (decimal.InvalidOperation).
    """
    value = n if isinstance(n, Decimal) else Decimal(str(n))
    text = _unsigned(value, language, decimals)
    return _minus(value, text, language) + text


def format_percent(x: Decimal | float, *, language: str, decimals: int = 0) -> str:
    """A share (0.25) as «۲۵٪» or "25%". In Persian U+061C stands before it, so that ٪ falls on the number's left."""
    value = (x if isinstance(x, Decimal) else Decimal(str(x))) * 100
    text = _unsigned(value, language, decimals)
    minus = _minus(value, text, language)
    if _language(language) == "en":
        return f"{minus}{text}%"
    number = f"{LEFT_TO_RIGHT_ISOLATE}{MINUS}{text}{POP_ISOLATE}" if minus else text
    return f"{ARABIC_LETTER_MARK}{number}٪"


def format_money(money: Money, *, language: str, toman: bool = True, style: MoneyStyle = "full") -> str:
    """Money in words or signs; `toman` says in which unit rials are shown.

    full «۲٬۱۴۰٬۰۰۰ تومان», "£1,234.50" · short «۴۸٫۶ میلیون تومان», "£1.2M" · number «۲٬۱۴۰٬۰۰۰» (for a column whose
    head names the unit) · millions «۴۸٫۶» (under a head that says m or م‌ت).
    """
    currency = currency_of(money.currency)
    in_toman = toman and currency.code == RIAL
    value = money.to_decimal() / RIALS_A_TOMAN if in_toman else money.to_decimal()
    if style == "millions":
        return format_number(value / 10**6, language=language, decimals=1)
    text = _short(value, currency, language) if style == "short" else _whole(value, currency, language)
    minus = _minus(value, text, language)
    if style == "number":
        return minus + text
    with override(_language(language)):
        if in_toman or currency.code == RIAL:
            return f"{minus}{text} {TOMAN_WORD if in_toman else currency.word}"
        if _language(language) == "fa":
            return f"{minus}{text} {currency.word or currency.name}"
    return f"{minus}{currency.symbol}{text}" if currency.symbol else f"{minus}{currency.code} {text}"


def _whole(value: Decimal, currency: Currency, language: str) -> str:
    """All of an amount: the currency's decimals, of rials and tomans only what there is."""
    return _unsigned(value, language, None if currency.code == RIAL else currency.digits)


def _short(value: Decimal, currency: Currency, language: str) -> str:
    """An amount to three or four figures with its scale; small ones whole."""
    size = abs(value)
    if size < SCALES[0]:
        return _unsigned(size, language, None if size == size.to_integral_value() else currency.digits)
    place = max(number for number, scale in enumerate(SCALES) if size >= scale)
    scaled = (size / SCALES[place]).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    if scaled >= 1000 and place + 1 < len(SCALES):  # 999,960 is 1M, not 1,000K
        place, scaled = place + 1, Decimal(1)
    return _unsigned(scaled, language, None) + SCALE_WORDS[_language(language)][place]
