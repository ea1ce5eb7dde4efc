"""Values of every kind: read, kept, shown and typed again."""

from __future__ import annotations

import string
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from peyvand.foundation.calendar.calendars import CalendarKind
from peyvand.foundation.fields.declarations import Field
from peyvand.foundation.fields.errors import ValueRefusedError
from peyvand.foundation.fields.kinds import FieldKind, kept, plain, shown, typed, value_of
from peyvand.foundation.ui.reader import Reader, use_reader

CHOICES = (("tea", "چای"), ("coffee", "قهوه"), ("brew_2", "دم‌نوش"))


def field(kind: str, **more: Any) -> Field:
    return Field("c.x", "X", kind, choices=CHOICES, currency="IRR", **more)


READERS = (
    Reader(),
    Reader(language="en", calendar=CalendarKind.GREGORIAN, tz="Europe/Berlin", toman=False),
)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    FieldKind.TEXT: st.text("سلام آب\u200cوهوا abc123", min_size=1).filter(lambda text: bool(text.strip(" \u200c"))),
    FieldKind.NUMBER: st.decimals(-(10**15), 10**15, places=4),
    FieldKind.MONEY: st.integers(0, 10**14).map(lambda n: Decimal(n * 10)),
    FieldKind.DATE: st.dates(date(1921, 3, 21), date(2080, 1, 1)),
    FieldKind.MOMENT: st.datetimes(datetime(1990, 1, 1), datetime(2080, 1, 1)).map(
        lambda at: at.replace(second=0, microsecond=0, tzinfo=UTC)
    ),
    FieldKind.YESNO: st.booleans(),
    FieldKind.CHOICE: st.sampled_from([key for key, _label in CHOICES]),
    FieldKind.CHOICES: st.lists(st.sampled_from([key for key, _label in CHOICES]), min_size=1),
    FieldKind.COLLEAGUE: st.just("7"),
}


@pytest.mark.parametrize("kind", sorted(VALUES))
@pytest.mark.parametrize("reader", READERS, ids=["fa", "en"])
def test_what_is_kept_is_shown_and_can_be_typed_again(kind: str, reader: Reader) -> None:
    one = field(kind) if kind != FieldKind.COLLEAGUE else Field("c.x", "X", kind, choices=(("7", "آرش"),))

    @given(VALUES[kind])
    def holds(value: Any) -> None:
        with use_reader(reader), translation.override(reader.language):
            stored = kept(one, value)
            assert kept(one, value_of(one, stored)) == stored, "what is kept is kept the same again"
            again = typed(one, value_of(one, stored))
            if kind == FieldKind.MOMENT and reader.tz == "Europe/Berlin" and value.month == 10:
                return  # an hour that comes twice can't be told apart by a wall clock
            assert kept(one, again, by_hand=True) == stored, f"{again!r} is not {stored!r}"
            assert shown(one, value_of(one, stored))
            assert plain(one, value_of(one, stored)) not in ("", None)

    holds()


@pytest.mark.parametrize(
    ("kind", "raw", "expected"),
    [
        (FieldKind.NUMBER, "۱۲٬۵۰۰٫۵", "12500.5"),
        (FieldKind.NUMBER, "-0", "0"),
        (FieldKind.MONEY, "۱۲ میلیون تومان", "120000000"),
        (FieldKind.MONEY, Decimal(500), "500"),
        (FieldKind.DATE, "۱۴۰۵/۹/۲", "2026-11-23"),
        (FieldKind.YESNO, "بله", True),
        (FieldKind.YESNO, "no", False),
        (FieldKind.CHOICE, "قهوه", "coffee"),
        (FieldKind.CHOICE, "دمنوش", "brew_2"),
        (FieldKind.CHOICES, "قهوه، چای", ["tea", "coffee"]),
        (FieldKind.EMAIL, "Sara@Example.COM", "sara@example.com"),
        (FieldKind.PHONE, "۰۹۱۲۳۴۵۶۷۸۹", "+989123456789"),
        (FieldKind.LINK, "example.com/x", "https://example.com/x"),
        (FieldKind.TEXT, "علي كريمي", "علی کریمی"),
        (FieldKind.TEXT, " \u200c\u202e ", None),
        (FieldKind.CHOICES, "", None),
    ],
)
def test_what_people_write(kind: str, raw: Any, expected: Any) -> None:
    assert kept(field(kind), raw) == expected


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        (FieldKind.NUMBER, "twelve"),
        (FieldKind.NUMBER, Decimal("NaN")),
        (FieldKind.NUMBER, Decimal(10) ** 30),
        (FieldKind.NUMBER, True),
        (FieldKind.MONEY, "5 EUR"),
        (FieldKind.DATE, "1405/13/1"),
        (FieldKind.MOMENT, "tomorrow"),
        (FieldKind.YESNO, "perhaps"),
        (FieldKind.CHOICE, "water"),
        (FieldKind.CHOICES, ["tea", "water"]),
        (FieldKind.EMAIL, "nobody"),
        (FieldKind.PHONE, "12"),
        (FieldKind.LINK, "javascript://alert(1)"),
        (FieldKind.LINK, "not a link"),
        (FieldKind.COLLEAGUE, "nobody"),
        (FieldKind.TEXT, "x" * 501),
        (FieldKind.TEXT, ["a"]),
        (FieldKind.TEXT, {"a": 1}),
    ],
)
def test_what_does_not_fit_is_refused_in_words(kind: str, raw: Any) -> None:
    with pytest.raises(ValueRefusedError) as refused:
        kept(field(kind), raw)
    assert str(refused.value)


@given(st.sampled_from(list(FieldKind)), st.text(max_size=80) | st.text(string.printable, max_size=80))
def test_whatever_is_typed_is_kept_or_refused(kind: FieldKind, raw: str) -> None:
    one = field(kind)
    try:
        stored = kept(one, raw, by_hand=True)
    except ValueRefusedError:
        return
    assert stored is None or kept(one, value_of(one, stored)) == stored
