"""Scores and classes by a window and a basis that somebody asks for. Heavy: imported in a child of the worker only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
from django.utils.translation import gettext
from ibis import _

from peyvand.foundation.jobs.alone import alone
from peyvand.foundation.jobs.running import JobFailedError, Running
from peyvand.foundation.money.currencies import exponent_of
from peyvand.insight.value import charging, frames, services
from peyvand.insight.value.classes import FEWEST, ORDER, class_of
from peyvand.insight.value.person import Scored
from peyvand.insight.warehouse import engine

EVER = 36_500  # days: a window of 0 days is all of them


def score(run: Running, *, window: int, basis: str, currency: str, as_of: str) -> Mapping[str, Any]:
    """Score the customers of the business the run's actor looks at; the result is {"scoring", "customers"}."""
    with alone("value.refresh.running", run):  # whose load would remove the files that are read here
        backend = engine.open_warehouse()
        if backend is None:
            raise JobFailedError(gettext("There are no figures yet. Compute them first."))
        frame = frames.Frame(
            backend=backend, demo=run.actor.demo, currency=currency, as_of=date.fromisoformat(as_of),
            window_days=window or EVER,
        )  # fmt: skip
        rows = frames.scored(frame).to_pyarrow().to_pylist()
        run.check()
        people = _people(frame, rows, basis)
        made = services.scoring_keep(
            actor=run.actor, as_of=frame.as_of, currency=currency, window_days=window, basis=basis, people=people,
            payload={"classes": _classes(people)},
        )  # fmt: skip
    run.progress(1, 1)
    return {
        "scoring": made.pk, "customers": len(people), "window": window, "basis": basis, "currency": currency,
        "as_of": as_of,
    }  # fmt: skip


def _people(frame: frames.Frame, rows: list[dict[str, Any]], basis: str) -> list[Scored]:
    amounts = _amounts(frame, rows, basis)
    order = np.sort(np.array(amounts, np.int64))
    ranks = np.searchsorted(order, np.array(amounts, np.int64), side="left").tolist()
    people = []
    for row, amount, rank in zip(rows, amounts, ranks, strict=True):
        monetary = rank * 5 // len(rows) + 1 if len(rows) >= FEWEST else 0
        silence = (frame.as_of - row["last_day"]).days
        people.append(
            Scored(
                customer_id=row["customer_id"], r=row["r"], f=row["f"], m=monetary, silence=silence,
                frequency=row["frequency"], amount=amount,
                rfm_class=class_of(
                    recency=row["r"], frequency=row["f"], monetary=monetary,
                    days_since_first=(frame.as_of - row["first_day"]).days, days_since_last=silence,
                ),
            )
        )  # fmt: skip
    return people


def _amounts(frame: frames.Frame, rows: list[dict[str, Any]], basis: str) -> list[int]:
    """Of each customer the sum of the basis in the window, in minor units: revenue; revenue of lines whose cost is
    known less that cost; or revenue less known costs of goods and less what was charged in the window.
    """
    if basis == "revenue":
        return [row["monetary"] for row in rows]
    deals = frame.deals.filter(_.placed_at_day >= frame.window_start)
    lines = frames.known_lines(frame, deals)
    scale = 10 ** exponent_of(frame.currency)
    sums = lines.group_by("customer_id").agg(
        known=lines.net.sum(where=lines.unit_cost.notnull()).fill_null(0).cast("float64"),
        cost=lines.cost.sum().fill_null(0).cast("float64"),
    )
    goods = {row["customer_id"]: (row["known"], row["cost"]) for row in sums.to_pyarrow().to_pylist()}
    if basis == "margin":
        return [round((goods.get(row["customer_id"], (0, 0))[0] - goods.get(row["customer_id"], (0, 0))[1]) * scale)
                for row in rows]  # fmt: skip
    charged = charging.charge(frame, since=frame.window_start).of
    return [
        row["monetary"] - round(goods.get(row["customer_id"], (0, 0))[1] * scale)
        - sum(charged.get(row["customer_id"], ()))
        for row in rows
    ]  # fmt: skip


def _classes(people: list[Scored]) -> list[dict[str, Any]]:
    counts: Counter[str] = Counter()
    amounts: Counter[str] = Counter()
    for person in people:
        counts[person.rfm_class] += 1
        amounts[person.rfm_class] += person.amount
    return [{"class": name, "customers": counts[name], "amount": amounts[name]} for name in ORDER]
