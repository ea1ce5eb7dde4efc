"""What dashboards show is made ahead of the first look after a load, and nothing else is."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.utils import timezone

from peyvand.insight.reports import asking, usage
from peyvand.insight.reports.answering import Ahead, Hands
from peyvand.insight.reports.models import Answer
from peyvand.insight.reports.planning import key_of, renewed
from peyvand.insight.reports.tests.test_computing import plan
from peyvand.insight.warehouse import place

pytestmark = pytest.mark.django_db
BUYERS = {"op": "distinct", "column": "customer_id", "less": "", "over": [], "where": []}
MONTH = {"period": "this-month", "days": 30, "start": "", "end": "", "compare": "before"}
TODAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DATA = tmp_path
    monkeypatch.setattr(usage, "today", lambda: TODAY)
    monkeypatch.setattr(usage, "HOUR", 1e12)  # no hour ends meanwhile


def loaded(number: int, *amounts: int) -> None:
    """A load of one order of each amount, by two customers, today."""
    people = [1 + at % 2 for at in range(len(amounts))]
    orders = {
        "id": list(range(len(amounts))), "demo": [False] * len(amounts), "customer_id": people,
        "kind": ["sale"] * len(amounts), "status": ["placed"] * len(amounts), "currency": ["IRR"] * len(amounts),
        "net_minor": list(amounts), "placed_at_day": [TODAY] * len(amounts),
    }  # fmt: skip
    customers = {"id": [1, 2], "demo": [False, False], "city": ["قم", "Qom"]}
    for name, columns in (("orders", orders), ("customers", customers)):
        (place.folder_of(number) / name).mkdir(parents=True)
        pq.write_table(pa.table(columns), place.folder_of(number) / name / "1.parquet")
    place.switch(number, f"load{number}")


def asked(plans: list[dict[str, Any]], hands: Hands, *, kept: bool) -> list[Any]:
    computed: set[int] = set()

    def compute(ids: Any) -> None:
        computed.update(ids)
        hands.compute(set(ids))

    with asking.computing_by(compute):
        found = [one.payload["total"] for one in asking.ask(plans, kept=kept)]
    return [found, len(computed)]


def test_a_dashboard_in_use_is_there_before_the_first_look_after_a_load() -> None:
    board = [
        renewed(one, TODAY)
        for one in (
            plan(window=MONTH), plan(window=MONTH, dimensions=[], rows=0),
            plan(window=MONTH, measures={"b": BUYERS}, shown=["b"], currency_path=""),
        )
    ]  # fmt: skip
    once, hands = renewed(plan(window=MONTH, top=1), TODAY), Hands()
    loaded(1, 5)
    assert asked(board, hands, kept=True) == [[[5, 1, 5.0], [5, 1, 5.0], [1]], 3]
    asked([once], hands, kept=False)
    looked_at = set(Answer.objects.exclude(used_at=None).values_list("used_at", flat=True))
    loaded(2, 5, 9)
    ahead = Ahead(hands)
    ahead.make(usage.mark())
    assert usage.due(place.token()) == []
    assert asked(board, hands, kept=False) == [[[14, 2, 7.0], [14, 2, 7.0], [2]], 0], "nobody computes anything"
    assert set(Answer.objects.exclude(used_at=None).values_list("used_at", flat=True)) == looked_at, "no look, no use"
    assert Answer.objects.count() == len(board) + 1, "those of the load before went, but for what is in no use"
    assert asked([once], hands, kept=False)[1] == 1
    Answer.objects.filter(used_at__isnull=False).update(used_at=timezone.now() - usage.USED - timedelta(hours=1))
    loaded(3, 1)
    assert usage.due(place.token()) == [], "nobody looked for long"


def test_what_is_in_use_stays_and_the_rest_goes_after_days() -> None:
    loaded(1, 5)
    hands = Hands()
    asked([renewed(plan(window=MONTH), TODAY)], hands, kept=True)
    asked([renewed(plan(window=MONTH, top=1), TODAY)], hands, kept=False)
    asking.answers_forget()
    assert Answer.objects.count() == 2
    Answer.objects.update(asked_at=timezone.now() - asking.KEPT - timedelta(hours=1))
    asking.answers_forget()
    (left,) = Answer.objects.all()
    assert left.used_at is not None


def test_days_that_change_are_made_ahead_too(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded(1, 5)
    month, hands = renewed(plan(window=MONTH), TODAY), Hands()
    asked([month], hands, kept=True)
    monkeypatch.setattr(usage, "today", lambda: TODAY + timedelta(days=5))
    Ahead(hands).make(usage.mark())
    (row,) = Answer.objects.all()
    assert (row.plan["span"], month["span"]) == (["2026-11-22", "2026-12-21"], ["2026-10-23", "2026-11-21"])
    assert row.key == key_of(renewed(month, TODAY + timedelta(days=5)), "load1")


def test_people_come_first_and_one_page_at_a_time() -> None:
    loaded(1, 5)
    hands = Hands()
    pages = [[renewed(plan(window=MONTH, top=top), TODAY)] for top in (1, 2)]
    for page in pages:
        asked(page, hands, kept=True)
    loaded(2, 6)
    assert [[one.plan["top"] for one in page] for page in usage.due("load2")] == [[2], [1]], "the newest first"
    ahead = Ahead(hands)
    with hands.question():
        ahead.make(usage.mark())
    assert len(usage.due("load2")) == 2
    assert not ahead.mark, "it is tried again"
