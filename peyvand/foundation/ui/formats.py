"""Figures, dates and money as this page's reader reads them: the one place where the reader meets the formatters."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal

from django.utils import timezone
from django.utils.translation import gettext

from peyvand.foundation.calendar import formats as calendar_formats
from peyvand.foundation.calendar.calendars import parts
from peyvand.foundation.calendar.formats import DateStyle
from peyvand.foundation.calendar.parsing import parse_date
from peyvand.foundation.money.amounts import Money
from peyvand.foundation.money.currencies import RIAL, currency_of, is_currency
from peyvand.foundation.money.formats import (
    ARABIC_LETTER_MARK,
    LEFT_TO_RIGHT_ISOLATE,
    POP_ISOLATE,
    MoneyStyle,
    format_money,
    format_number,
    format_percent,
)
from peyvand.foundation.ui.reader import current_reader

Style = DateStyle | Literal["auto", "full"]


def digits(text: str) -> str:
    """The text with the reader's digits."""
    return calendar_formats.localised(text, current_reader().language)


def number(value: int | float | Decimal, places: int | None = None) -> str:
    """A number with separators; `places` fixes its decimals, otherwise as many as it has."""
    return format_number(value, language=current_reader().language, decimals=places)


def percent(share: float | Decimal, places: int = 0) -> str:
    """A share (0–1) as a percent."""
    return format_percent(share, language=current_reader().language, decimals=places)


def change(share: float | Decimal, places: int = 0) -> str:
    """By how much something has become more or less (0.25), with its sign on the left: «+۲۵٪», "+25%"."""
    text = percent(share, places)
    if share <= 0 or not any(figure in "123456789۱۲۳۴۵۶۷۸۹" for figure in text):
        return text
    bare = text.removeprefix(ARABIC_LETTER_MARK).removesuffix("٪")
    return f"+{text}" if bare == text else f"{ARABIC_LETTER_MARK}{LEFT_TO_RIGHT_ISOLATE}+{bare}{POP_ISOLATE}٪"


def in_toman(currency: str) -> bool:
    """Whether the reader sees and types amounts of the currency in tomans."""
    return currency == RIAL and current_reader().toman


def unit_word(currency: str) -> str:
    """The unit in which amounts of the currency are shown and typed, in a word."""
    if in_toman(currency):
        return gettext("toman")
    return str(currency_of(currency).word or currency) if is_currency(currency) else currency


def money(value: Money, style: MoneyStyle = "full") -> str:
    """An amount with its currency; rial as toman where the reader wants it."""
    reader = current_reader()
    return format_money(value, language=reader.language, toman=reader.toman, style=style)


def local_date(value: date | datetime) -> date:
    """The day in the reader's zone."""
    return value.astimezone(current_reader().zone).date() if isinstance(value, datetime) else value


def day(value: date | datetime, style: Style = "auto") -> str:
    """`auto`: «۲۷ آبان», with its year when that isn't this one; `full`: always so; or a style of calendar.formats."""
    reader = current_reader()
    local = local_date(value)
    if style != "auto" and style != "full":
        return calendar_formats.format_date(local, calendar=reader.calendar, language=reader.language, style=style)
    text = calendar_formats.format_date(local, calendar=reader.calendar, language=reader.language, style="day")
    year = parts(local, reader.calendar)[0]
    this_year = parts(local_date(timezone.now()), reader.calendar)[0]
    return text if style == "auto" and year == this_year else f"{text} {digits(str(year))}"


def moment(value: datetime) -> str:
    """A moment in full, in the reader's zone."""
    reader = current_reader()
    return calendar_formats.format_datetime(value, tz=reader.tz, calendar=reader.calendar, language=reader.language)


def clock(value: datetime) -> str:
    """Hours and minutes in the reader's zone."""
    reader = current_reader()
    return calendar_formats.format_time(value, tz=reader.tz, language=reader.language)


def ago(value: datetime) -> str:
    """A moment as near as it is."""
    reader = current_reader()
    return calendar_formats.ago(
        value, now=timezone.now(), tz=reader.tz, calendar=reader.calendar, language=reader.language
    )


def duration(seconds: float) -> str:
    """A length of time in its two largest units: «۱ ساعت و ۱۲ دقیقه»."""
    return calendar_formats.duration(seconds, current_reader().language)


def day_label(value: date, *, today: date) -> str:
    """A day as a heading: today, yesterday, else its date with the weekday."""
    if value == today:
        return gettext("Today")
    if value == today - timedelta(days=1):
        return gettext("Yesterday")
    reader = current_reader()
    return calendar_formats.format_date(value, calendar=reader.calendar, language=reader.language, style="long")


def date_as_typed(value: date) -> str:
    """A date as it is typed into a field: «۱۴۰۵/۰۹/۰۲»."""
    return day(value, "short")


def read_date(text: str) -> date:
    """The date that was typed, in the reader's calendar where the year doesn't say. DateError says what to type."""
    return parse_date(text, calendar_hint=current_reader().calendar)
