"""What serving a customer has cost us: what was said of each contact, else its minutes at the rate of its day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Count,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Round, TruncDate

from peyvand.foundation.accounts import settings
from peyvand.foundation.calendar.calendars import zone
from peyvand.foundation.money.amounts import Money
from peyvand.foundation.money.currencies import is_currency
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.interactions import access
from peyvand.memory.interactions.models import CostRate, Interaction

SECONDS = 60


@dataclass(frozen=True)
class ServingCost:
    """`amounts` by currency; of `contacts` in which one of us took part the cost of `known` is known; `seconds` in all
    that were said.
    """

    amounts: Sequence[Money]
    contacts: int
    known: int
    seconds: int

    @property
    def share(self) -> float:
        """For which share of the contacts the cost is known, 0 to 1; 1 when there was none."""
        return self.known / self.contacts if self.contacts else 1.0


def serving_cost(*, actor: Actor, customer_id: int) -> ServingCost:
    """What the contacts with a customer, of those that the actor sees, have cost; one query.

    A contact counts in which one of us took part, or of which a cost or a duration was said. The cost that was said
    counts; else the minutes at the latest rate of the kind not after its day (in the workspace's time zone), half a
    minor unit rounded up. Without both it is unknown.
    """
    actor.require(access.VIEW)
    found = Interaction.objects.visible_to(actor).filter(customer_id=customer_id)
    counted = found.filter(Q(staff__isnull=False) | Q(cost_minor__isnull=False) | Q(duration_s__isnull=False))
    rows = (
        with_costs(counted, demo=actor.demo)
        .values("served_currency")
        .annotate(
            minor=Sum("served_minor"), contacts=Count("pk"), seconds=Sum("duration_s"), told=Count("served_minor")
        )
        .order_by("served_currency")
    )
    amounts, contacts, known, seconds = [], 0, 0, 0
    for row in rows:
        contacts += row["contacts"]
        seconds += row["seconds"] or 0
        if row["minor"] is not None and is_currency(row["served_currency"] or ""):
            amounts.append(Money(int(row["minor"]), row["served_currency"]))
            known += row["told"]
    return ServingCost(amounts, contacts, known, seconds)


def with_costs(found: QuerySet[Interaction], *, demo: bool) -> QuerySet[Any]:
    """The interactions with `served_minor` and `served_currency`: what each has cost, null where that is unknown."""
    local = zone(settings.text("time_zone"))
    rates = CostRate.objects.filter(demo=demo, kind=OuterRef("kind"), since__lte=OuterRef("local_day")).order_by(
        "-since"
    )
    rated = Q(cost_minor__isnull=True, duration_s__isnull=False, rate__gt=0)
    whole = BigIntegerField()
    return (
        found.annotate(local_day=TruncDate("at", tzinfo=local))
        .annotate(
            rate=Subquery(rates.values("minor_per_minute")[:1]), rate_currency=Subquery(rates.values("currency")[:1])
        )
        .annotate(
            served_minor=Case(
                When(cost_minor__isnull=False, then=F("cost_minor")),
                When(rated, then=Cast(Round(F("duration_s") * F("rate") * Value(1.0) / Value(SECONDS)), whole)),
                default=None,
                output_field=whole,
            ),
            served_currency=Case(
                When(cost_minor__isnull=False, then=F("cost_currency")),
                When(rated, then=F("rate_currency")),
                default=None,
                output_field=CharField(),
            ),
        )
    )


def rates(*, actor: Actor) -> list[CostRate]:
    """All rates, by kind, the latest first."""
    actor.require(access.COSTS)
    return list(CostRate.objects.filter(demo=actor.demo).order_by("kind", "-since"))
