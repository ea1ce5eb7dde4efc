"""What pages and programs read of value. Numbers need "insight.view"; people only those whom the actor may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from peyvand.foundation.jobs.models import Run
from peyvand.foundation.registry.actor import Actor
from peyvand.insight.value.models import ContractFigures, ContractWorth, Snapshot, SnapshotCustomer
from peyvand.memory.commerce.access import CONTRACTS_VIEW
from peyvand.memory.customers.models import Customer

ALIVE = (Run.State.RUNNING, Run.State.WAITING)


@dataclass(frozen=True)
class Dashboard:
    """A day's figures: the currency shown, the others there are, and whether the day is the newest."""

    snapshot: Snapshot
    currencies: tuple[str, ...]
    newest_day: date | None


def snapshots(*, actor: Actor) -> QuerySet[Snapshot]:
    """Snapshots of the business the actor looks at."""
    actor.require("insight.view")
    return Snapshot.objects.filter(demo=actor.demo).select_related("load")


def dashboard(*, actor: Actor, as_of: date | None = None, currency: str = "") -> Dashboard | None:
    """The figures of a day (the newest), in the asked currency, else the one with most customers; None if none."""
    found = snapshots(actor=actor)
    newest = found.filter(newest=True).order_by("-as_of").values_list("as_of", flat=True).first()
    day = as_of or newest
    if day is None:
        return None
    same_day = list(found.filter(as_of=day).order_by("-customers", "currency"))
    chosen = next((snapshot for snapshot in same_day if snapshot.currency == currency), None)
    shown = chosen or (same_day[0] if same_day else None)
    if shown is None:
        return None
    return Dashboard(snapshot=shown, currencies=tuple(snapshot.currency for snapshot in same_day), newest_day=newest)


def computing(*, actor: Actor, as_of: date | None = None) -> Run | None:
    """The run that waits or is under way for the figures of that day (the newest); the running one before others."""
    actor.require("insight.view")
    found = Run.objects.filter(
        job="value.refresh", state__in=ALIVE, arguments__as_of=as_of.isoformat() if as_of else ""
    )
    if as_of is not None:
        found = found.filter(demo=actor.demo)
    return found.order_by("state", "id").first()


def people(
    *, actor: Actor, snapshot: Snapshot, rfm_class: str = "", slipping: bool = False
) -> QuerySet[SnapshotCustomer]:
    """The people behind a number, most valuable first: only those the actor may see."""
    actor.require("insight.view")
    chosen = SnapshotCustomer.objects.filter(snapshot=snapshot, customer__in=Customer.objects.visible_to(actor))
    if rfm_class:
        chosen = chosen.filter(rfm_class=rfm_class)
    if slipping:
        chosen = chosen.filter(slipping=True)
    return chosen.select_related("customer", "snapshot").order_by("-monetary_minor", "id")


def people_ahead(*, actor: Actor, snapshot: Snapshot) -> QuerySet[SnapshotCustomer]:
    """Those of whom something is foretold, most valuable ahead first: only those the actor may see."""
    actor.require("insight.view")
    chosen = SnapshotCustomer.objects.filter(
        snapshot=snapshot, lifetime_minor__isnull=False, customer__in=Customer.objects.visible_to(actor)
    )
    return chosen.select_related("customer", "snapshot").order_by("-lifetime_minor", "id")


def hidden_people(*, actor: Actor, snapshot: Snapshot, rfm_class: str = "", slipping: bool = False) -> int:
    """How many more there are than the actor may see."""
    condition = Q(snapshot=snapshot)
    if rfm_class:
        condition &= Q(rfm_class=rfm_class)
    if slipping:
        condition &= Q(slipping=True)
    seen = people(actor=actor, snapshot=snapshot, rfm_class=rfm_class, slipping=slipping).count()
    return SnapshotCustomer.objects.filter(condition).count() - seen


def of_customer(*, actor: Actor, customer_id: int) -> list[SnapshotCustomer]:
    """A customer's newest figures, one a currency, the currency they use most first; [] when not yet computed."""
    if not actor.may("insight.view_customer"):
        return []
    rows = SnapshotCustomer.objects.filter(
        customer_id=customer_id, snapshot__newest=True, snapshot__demo=actor.demo,
        customer__in=Customer.objects.visible_to(actor),
    )  # fmt: skip
    return list(rows.select_related("snapshot").order_by("-orders"))


def contract_figures(*, actor: Actor) -> ContractFigures | None:
    """The newest figures of contracts of the business the actor looks at; None where there are no contracts."""
    actor.require("insight.view")
    return ContractFigures.objects.filter(demo=actor.demo).first()


def contract_people(*, actor: Actor, figures: ContractFigures) -> QuerySet[ContractWorth]:
    """Customers with running contracts, most valuable first: only those the actor may see, with contracts."""
    actor.require("insight.view")
    reach = Customer.objects.visible_to(actor, CONTRACTS_VIEW)
    found = ContractWorth.objects.filter(figures=figures, customer__in=reach)
    return found.select_related("customer").order_by("-ahead_minor", "id")


def contracts_of_customer(*, actor: Actor, customer_id: int) -> list[ContractWorth]:
    """What a customer's running contracts are worth, one row a currency; [] for who may not see it."""
    if not actor.may("insight.view_customer"):
        return []
    reach = Customer.objects.visible_to(actor, CONTRACTS_VIEW)
    rows = ContractWorth.objects.filter(customer_id=customer_id, figures__demo=actor.demo, customer__in=reach)
    return list(rows.select_related("figures").order_by("-ahead_minor"))


def share_above(*, payload: dict[str, Any], percent: int) -> float | None:
    """Per cent of the window's value held by the best `percent` of its buyers; None where it can't be said."""
    points = payload["pareto"]["points"]
    return float(points[percent]) if points else None
