"""Who reads the page: language, calendar, zone, unit of money, theme. Set once a request, read by every formatter."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Literal
from zoneinfo import ZoneInfo

from django.utils.translation import get_language

from peyvand.foundation.calendar.calendars import CalendarKind

Theme = Literal["auto", "light", "dark"]
TEHRAN = "Asia/Tehran"


@dataclass(frozen=True)
class Reader:
    """How one person reads: their calendar (its plain name will do), `tz` an IANA name.

    `toman`: amounts in rial are shown in toman (a tenth). `keys`: single-letter shortcuts are on. `theme` "auto"
    follows the device.
    """

    language: str = "fa"
    calendar: CalendarKind = CalendarKind.JALALI
    tz: str = TEHRAN
    toman: bool = True
    theme: Theme = "auto"
    keys: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "calendar", CalendarKind(self.calendar))

    @property
    def zone(self) -> ZoneInfo:
        """The reader's time zone."""
        return ZoneInfo(self.tz)

    @property
    def direction(self) -> Literal["rtl", "ltr"]:
        """The way the reader's language runs."""
        return "rtl" if self.language == "fa" else "ltr"


PERSIAN = Reader()
ENGLISH = Reader(language="en", calendar=CalendarKind.GREGORIAN)

_reader: ContextVar[Reader | None] = ContextVar("peyvand_reader", default=None)


def current_reader() -> Reader:
    """The reader of this request; outside one, the habits of the active language, which is always the reader's."""
    language = "fa" if (get_language() or "fa").startswith("fa") else "en"
    chosen = _reader.get()
    if chosen is None:
        return PERSIAN if language == "fa" else ENGLISH
    return chosen if chosen.language == language else replace(chosen, language=language)


@contextmanager
def use_reader(reader: Reader) -> Iterator[Reader]:
    """Read as this person until the block ends. It doesn't activate the language: Django's `override` does."""
    token = _reader.set(reader)
    try:
        yield reader
    finally:
        _reader.reset(token)
