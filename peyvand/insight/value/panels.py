"""Pieces of value on other screens: a customer's page and home."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from peyvand.foundation.calendar.calendars import CalendarKind
from peyvand.foundation.money.amounts import Money
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui import formats
from peyvand.foundation.ui.pieces import Stat
from peyvand.foundation.ui.reader import current_reader
from peyvand.insight.value import queries
from peyvand.insight.value.models import ContractWorth, Snapshot, SnapshotCustomer
from peyvand.insight.value.web import figures
from peyvand.memory.customers.models import Customer

NEEDS = 6


def rows_of(actor: Actor, customer: Customer) -> list[SnapshotCustomer]:
    """A customer's figures, asked for once by all panels of a page: kept with the customer it is made for."""
    kept: dict[str, list[SnapshotCustomer]] = vars(customer)
    if "_figures" not in kept:
        kept["_figures"] = queries.of_customer(actor=actor, customer_id=customer.pk)
    return kept["_figures"]


def _main(actor: Actor, customer: Customer) -> SnapshotCustomer | None:
    rows = rows_of(actor, customer)
    return rows[0] if rows else None


def worth(actor: Actor, customer: Customer, query: Mapping[str, str]) -> Mapping[str, Any] | None:
    """Revenue, margin, rank and the three measures, one block a currency."""
    rows = rows_of(actor, customer)
    contracts = [_contract(row) for row in queries.contracts_of_customer(actor=actor, customer_id=customer.pk)]
    return {"blocks": [_block(row) for row in rows], "contracts": contracts}


def _contract(row: ContractWorth) -> Mapping[str, Any]:
    currency = row.currency
    return {
        "row": row, "ahead": Money(row.ahead_minor, currency), "monthly": Money(row.monthly_minor, currency),
        "whole": None if row.whole_minor is None else Money(row.whole_minor, currency),
        "months": row.figures.payload.get("horizon"),
    }  # fmt: skip


def _block(row: SnapshotCustomer) -> Mapping[str, Any]:
    currency = row.snapshot.currency
    return {
        "row": row,
        "revenue": Money(row.revenue_minor, currency),
        "monetary": Money(row.monetary_minor, currency),
        "margin": None if row.margin_minor is None else Money(row.margin_minor, currency),
        "ahead": None if row.lifetime_minor is None else Money(row.lifetime_minor, currency),
        "expected": round(row.expected_orders or 0.0, 1),
        "months": row.snapshot.payload.get("lifetime", {}).get("months"),
        "top": max(0.01, row.rank / max(1, row.snapshot.customers)),
        "as_of": row.snapshot.as_of,
        "rhythm": None if row.rhythm_days is None else round(row.rhythm_days),
        "scores": [
            (gettext("Recency"), row.recency_score, _days(row.silence_days)),
            (gettext("Frequency"), row.frequency_score, _times(row.frequency)),
            (gettext("Value"), row.monetary_score, formats.money(Money(row.monetary_minor, currency), "short")),
        ],
        "fewer": row.snapshot.customers < 5,
    }


def _sums_url() -> str:
    return f"{reverse('value:dashboard')}#sums"


def _days(days: int) -> str:
    return gettext("%(days)s days") % {"days": formats.number(days)}


def _times(times: int) -> str:
    return gettext("%(times)s times") % {"times": formats.number(times)}


def head(actor: Actor, customer: Customer, query: Mapping[str, str]) -> Mapping[str, Any] | None:
    """The class, beside the name."""
    row = _main(actor, customer)
    return None if row is None else {"code": row.rfm_class}


def suggestion(actor: Actor, customer: Customer, query: Mapping[str, str]) -> Mapping[str, Any] | None:
    """What to do about a customer who is slipping away, and why."""
    row = _main(actor, customer)
    return {"person": figures.person(row)} if row is not None and row.slipping else None


def pulse(actor: Actor, subject: None, query: Mapping[str, str]) -> Mapping[str, Any] | None:
    """Four numbers of the newest day: sales of its month, buyers of 12 months, slipping away, what went back."""
    shown = queries.dashboard(actor=actor)
    if shown is None:
        return None
    snapshot = shown.snapshot
    return {"stats": [_sales(snapshot), _active(snapshot), _slipping(snapshot), _returns(snapshot)]}


def _sales(snapshot: Snapshot) -> Stat:
    rows = snapshot.payload["months"][CalendarKind(current_reader().calendar).value]
    nets = [row["sale"] + row["return"] for row in rows]
    last, before = nets[-1], nets[-2] if len(nets) > 1 else 0
    note = gettext("the month before: %(amount)s") % {"amount": figures.money(snapshot, before)} if before else ""
    return Stat(
        label=gettext("Sales of the month"), value=figures.money(snapshot, last), url=_sums_url(),
        spark=nets[-12:], note=note,
    )  # fmt: skip


def _active(snapshot: Snapshot) -> Stat:
    rows = snapshot.payload["months"]["gregorian"]
    return Stat(
        label=gettext("Buyers in 12 months"), value=formats.number(snapshot.payload["active"]), tone="c3",
        url=figures.people_url(snapshot), spark=[row["orders"] for row in rows[-12:]],
        note=gettext("of %(all)s who ever bought") % {"all": formats.number(snapshot.customers)},
    )  # fmt: skip


def _slipping(snapshot: Snapshot) -> Stat:
    found = snapshot.payload["slipping"]
    return Stat(
        label=gettext("Slipping away"), value=formats.number(found["customers"]), tone="c4",
        url=figures.people_url(snapshot, slipping="1"),
        note=gettext("%(amount)s at stake") % {"amount": figures.money(snapshot, found["at_stake"])},
    )  # fmt: skip


def _returns(snapshot: Snapshot) -> Stat:
    amounts = snapshot.payload["totals"]["amounts"]
    back = -sum(amounts.get(name, 0) for name in ("return_known", "return_anonymous"))
    sold = sum(amounts.get(name, 0) for name in ("sale_known", "sale_anonymous"))
    months = snapshot.payload["months"]["gregorian"][-12:]
    return Stat(
        label=gettext("Gone back"), value=formats.percent(back / sold, 1) if sold > 0 else "–", url=_sums_url(),
        tone="c5", spark=[-row["return"] for row in months],
        note=gettext("%(amount)s of sales") % {"amount": figures.money(snapshot, back)},
    )  # fmt: skip


def needs(actor: Actor, subject: None, query: Mapping[str, str]) -> Mapping[str, Any] | None:
    """The slipping customers with most at stake whom the actor may see."""
    shown = queries.dashboard(actor=actor)
    if shown is None:
        return None
    people = queries.people(actor=actor, snapshot=shown.snapshot, slipping=True)[:NEEDS]
    persons = [figures.person(row) for row in people]
    return {"people": persons, "all_url": figures.people_url(shown.snapshot, slipping="1")}
