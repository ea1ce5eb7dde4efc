from __future__ import annotations

from django.utils.translation import override

from peyvand.foundation.calendar.calendars import CalendarKind
from peyvand.foundation.ui.reader import ENGLISH, PERSIAN, Reader, current_reader, use_reader


def test_without_a_request_the_language_decides() -> None:
    with override("fa"):
        assert current_reader() == PERSIAN
    with override("en"):
        assert current_reader() == ENGLISH


def test_the_language_of_the_reader_is_the_active_one() -> None:
    chosen = Reader(language="fa", tz="Europe/London", theme="dark")
    with use_reader(chosen), override("en"):
        assert current_reader().language == "en"
        assert current_reader().tz == "Europe/London"
    with override("fa"):
        assert current_reader().tz == "Asia/Tehran"


def test_a_plain_calendar_name_will_do() -> None:
    assert Reader(calendar="gregorian").calendar is CalendarKind.GREGORIAN
