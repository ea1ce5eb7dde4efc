"""Events survive the way through JSON, and through PostgreSQL's jsonb."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peyvand.foundation.outbox.wire import EventTypeError, event_name, from_plain, to_plain


@dataclass(frozen=True)
class Line:
    sku: str
    price: Decimal
    due: date | None


@dataclass(frozen=True)
class Happened:
    id: int
    name: str
    demo: bool
    share: float
    at: datetime
    day: date
    price: Decimal
    note: str | None
    ids: tuple[int, ...]
    pair: tuple[str, date]
    lines: tuple[Line, ...]
    until: datetime | None = None


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)
zones = st.timedeltas(timedelta(hours=-14), timedelta(hours=14)).map(
    lambda offset: timezone(timedelta(minutes=offset // timedelta(minutes=1)))
)
moments = st.datetimes(timezones=zones)
decimals = st.decimals(allow_nan=False, allow_infinity=False, places=4)
lines = st.builds(Line, sku=texts, price=decimals, due=st.none() | st.dates())
events = st.builds(
    Happened, id=st.integers(-(2**63), 2**63), name=texts, demo=st.booleans(), at=moments, day=st.dates(),
    share=st.floats(allow_nan=False, allow_infinity=False), price=decimals, note=st.none() | texts,
    ids=st.lists(st.integers()).map(tuple),
    pair=st.tuples(texts, st.dates()), lines=st.lists(lines, max_size=3).map(tuple),
    until=st.none() | moments,
)  # fmt: skip


@given(events)
def test_an_event_comes_back_as_it_was(event: Happened) -> None:
    assert from_plain(Happened, json.loads(json.dumps(to_plain(event)))) == event


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(events)
def test_postgresql_keeps_it(db: None, event: Happened) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT (%s::jsonb)::text", [json.dumps(to_plain(event), ensure_ascii=False)])
        back = from_plain(Happened, json.loads(cursor.fetchone()[0]))
    assert back == event
    assert isinstance(back.share, float)


@pytest.mark.parametrize(
    "value",
    [datetime(2026, 1, 1), float("nan"), "\x00", "\ud800", ["list"], {"a": 1}, object()],
)
def test_what_cannot_be_kept_is_refused_at_once(value: object) -> None:
    @dataclass(frozen=True)
    class Odd:
        value: object

    with pytest.raises(EventTypeError):
        to_plain(Odd(value))


def test_an_old_event_fits_a_grown_class_and_a_new_one_a_shrunk() -> None:
    @dataclass(frozen=True)
    class Grown:
        id: int
        channel: str = "web"

    assert from_plain(Grown, {"id": 3, "gone": [1, 2]}) == Grown(id=3, channel="web")


def test_the_name_says_file_and_class() -> None:
    assert event_name(Happened) == "test_wire.Happened"
    assert to_plain(Line("a", Decimal("1.50"), None)) == {"sku": "a", "price": "1.50", "due": None}
    assert datetime.fromisoformat(datetime(2026, 1, 1, tzinfo=UTC).isoformat()).tzinfo is not None
