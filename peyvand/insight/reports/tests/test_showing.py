"""What stands in tables and pictures of an answer, and what is said of what they leave out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from peyvand.foundation.calendar.calendars import CalendarKind
from peyvand.foundation.ui.reader import Reader, use_reader
from peyvand.insight.reports.queries import Got
from peyvand.insight.reports.questions import Question, checked
from peyvand.insight.reports.spans import Span
from peyvand.insight.reports.tests.test_asking import somebody
from peyvand.insight.reports.web import noting, showing
from peyvand.insight.reports.web.figures import Figure

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(noting, "today", lambda: date(2026, 11, 30))


CHANNELS = ["phone", "site", "person", "bale", "eitaa", "telegram", "email"]


def shown(question: Question, rows: list[list[Any]], total: list[Any], span: Span | None = None) -> Figure:
    actor = somebody()
    payload = {"rows": rows, "total": total, "currency": "IRR", "currencies": ["IRR"]}
    reader = Reader(language="en", calendar=CalendarKind.JALALI, tz="Asia/Tehran")
    with use_reader(reader), translation.override("en"):
        return showing.figure(actor, Got(asked=checked(actor, question), payload=payload, span=span), question)


def test_columns_add_up_by_row_and_altogether_and_the_picture_leaves_nobody_out() -> None:
    months = ["2026-10-23", "2026-11-22"]
    rows = [[month, channel, 1000 * (1 + at), 7] for month in months for at, channel in enumerate(CHANNELS)]
    asked = Question(
        "orders", measures=["orders.revenue", "orders.sales"], rows=["placed_at:month"], across="channel",
        period="days", days=30, chart="stacked",
    )  # fmt: skip
    figure = shown(asked, rows, [56_000, 98], Span(date(2026, 11, 1), date(2026, 11, 30)))
    assert [row[-1].raw for row in figure.rows] == [Decimal(2800), Decimal(2800)]
    assert [cell.raw for cell in figure.total[1:]] == [*(Decimal(200 * n) for n in range(7, 0, -1)), Decimal(5600)]
    assert figure.chart is not None
    assert [sum(float(one.values[at] or 0) for one in figure.chart.series) for at in range(2)] == [2800, 2800]  # type: ignore[arg-type]
    assert len(figure.chart.series) == 6, "five, and the others"
    assert [words for words in figure.notes if "Aban" in words or "Azar" in words] == [
        "Of Aban 1405 only the days from 10 Aban 1405 on are counted.",
        "Of Azar 1405 only the days up to 9 Azar 1405 are counted.",
    ]
    assert figure.title == "Net revenue by Day of the order (by month) and How it came"


def test_what_does_not_add_up_is_not_stacked_and_a_mean_of_nothing_is_no_nought() -> None:
    rows = [["2026-10-23", "phone", 5], ["2026-11-22", "site", 7]]
    asked = Question(
        "orders", measures=["orders.basket"], rows=["placed_at:month"], across="channel", chart="share",
    )  # fmt: skip
    figure = shown(asked, rows, [6])
    assert figure.chart is not None
    assert not figure.chart.stacked
    assert {one.label: list(one.values) for one in figure.chart.series}.popitem()[1].count(None) == 1
    assert not figure.total
