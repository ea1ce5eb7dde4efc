"""Time to the first answer against figures counted by hand, and how it reads."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import ibis
import pyarrow as pa
import pytest
from django.utils import translation

from peyvand.foundation.calendar.calendars import CalendarKind
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.ui.charts import Axis, Chart, Series, in_lengths
from peyvand.foundation.ui.reader import ENGLISH, PERSIAN, use_reader
from peyvand.insight.reports.computing import answered
from peyvand.insight.reports.declarations import Measure
from peyvand.insight.reports.planning import plan_of
from peyvand.insight.reports.questions import Question, checked
from peyvand.insight.reports.web.figures import Amounts

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 1)
# channel, customer, whether the customer wrote, minutes until the first answer
TALKS = (
    ("sms", 1, True, "10"), ("sms", 2, True, "72.5"), ("sms", 3, True, "60"), ("sms", 4, True, None),
    ("email", 5, True, None), ("email", None, True, None), ("push", 6, False, None),
)  # fmt: skip
NAMES = (
    "first_answer", "first_answer_mean", "asked", "answered", "unanswered", "answered_share", "in_an_hour",
    "in_an_hour_share",
)  # fmt: skip


def talks(rows: Any = TALKS) -> Any:
    shape = pa.schema(
        [("id", pa.int64()), ("demo", pa.bool_()), ("customer_id", pa.int64()), ("channel", pa.string()),
         ("created_at_day", pa.date32()), ("first_in_at_day", pa.date32()), ("first_answered_at_day", pa.date32()),
         ("first_answer_m", pa.decimal128(38, 10))]
    )  # fmt: skip
    made = [
        {"id": place, "demo": False, "customer_id": who, "channel": channel, "created_at_day": DAY,
         "first_in_at_day": DAY if asked else None, "first_answered_at_day": DAY if minutes else None,
         "first_answer_m": Decimal(minutes) if minutes else None}
        for place, (channel, who, asked, minutes) in enumerate(rows, start=1)
    ]  # fmt: skip
    backend = ibis.duckdb.connect()
    backend.create_table("conversations", ibis.memtable(pa.Table.from_pylist(made, shape)))
    return backend


def asked(question: Question, **more: Any) -> dict[str, Any]:
    me = Actor(user_id=1, name="x", everything=True)
    return answered(talks(), plan_of(me, checked(me, question), calendar=CalendarKind.JALALI, language="en", **more))


def test_as_counted_by_hand() -> None:
    found: dict[str, Any] = {}
    for first in (0, 4):
        names = [f"conversations.{one}" for one in NAMES[first : first + 4]]
        got = asked(Question("conversations", names, rows=["channel"]))
        for place, name in enumerate(NAMES[first : first + 4]):
            found[name] = (got["total"][place], {row[0]: row[1 + place] for row in got["rows"]})
    assert found["first_answer"] == (60.0, {"sms": 60.0, "email": None, "push": None})
    assert found["first_answer_mean"][0] == pytest.approx((10 + 72.5 + 60) / 3)
    assert (found["asked"][0], found["answered"][0], found["unanswered"][0]) == (6, 3, 3)
    assert found["answered_share"] == (0.5, {"sms": 0.75, "email": 0.0, "push": None})
    assert (found["in_an_hour"][0], found["in_an_hour_share"][1]["sms"]) == (2, 0.5)


def test_a_number_opens_the_conversations_it_counts() -> None:
    median = Question("conversations", ["conversations.first_answer"], rows=["channel"])
    assert asked(median, people=["sms"], rows_path="")["ids"] == [3, 2, 1], "those that were answered"
    share = Question("conversations", ["conversations.in_an_hour_share"])
    assert asked(share, people=[], rows_path="")["ids"] == [3, 1]
    left = Question("conversations", ["conversations.unanswered"])
    assert asked(left, people=[], rows_path="")["ids"] == [6, 5, 4]


def test_it_reads_as_a_length_of_time() -> None:
    amounts = Amounts(registry.get(Measure, "conversations.first_answer"), "")
    for reader, words in ((PERSIAN, "۱ ساعت و ۱۲ دقیقه"), (ENGLISH, "1 hour and 12 minutes")):
        with use_reader(reader), translation.override(reader.language):
            assert amounts.said(72.0) == words
            assert amounts.said(None) == "–"
    chart = Chart(
        name="x", question="", answer="", kind="bar", x=Axis(), y=Axis(label="minutes"),
        series=[Series("a", [30, None, 180])], columns=(), rows=(), unit="minutes",
    )  # fmt: skip
    with translation.override("en"):
        drawn = in_lengths(chart, 60)
    assert (drawn.unit, drawn.y.label, list(drawn.series[0].values)) == ("hours", "hours", [0.5, None, 3.0])
