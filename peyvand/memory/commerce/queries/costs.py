"""The reads of costs and of standing prices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet, Sum

from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.keys import clean
from peyvand.memory.commerce.access import COSTS_VIEW
from peyvand.memory.commerce.models import Cost, CostKind, CostRate

LATEST_FIRST = ("-day_to", "-id")
COST_VIEWS = ("all", "one", "driverless")


@dataclass(frozen=True)
class CostFilter:
    """What narrows the list: a view ("one": for one order, customer or contact; "driverless": shared, and nobody said
    how), a kind, words of source, campaign, document or note, days that the entry touches.
    """

    view: str = "all"
    kind: str = ""
    source: str = ""
    text: str = ""
    since: date | None = None
    until: date | None = None
    order_id: int | None = None
    customer_id: int | None = None


@dataclass(frozen=True)
class CostSum:
    """Σ of a kind in one currency, in minor units."""

    kind: str
    currency: str
    entries: int
    amount_minor: int

    @property
    def label(self) -> str:
        """The kind in words."""
        return str(CostKind(self.kind).label)


def costs(*, actor: Actor, chosen: CostFilter | None = None) -> QuerySet[Cost]:
    """The costs that the actor may see, narrowed; order them by LATEST_FIRST for pages."""
    actor.require(COSTS_VIEW)
    chosen = chosen or CostFilter()
    found = Cost.objects.visible_to(actor)
    if chosen.view == "one":
        found = found.exclude(aim="shared")
    elif chosen.view == "driverless":
        found = found.filter(aim="shared", driver="")
    for name in ("kind", "source", "order_id", "customer_id"):
        if getattr(chosen, name):
            found = found.filter(**{name: getattr(chosen, name)})
    if chosen.since is not None:
        found = found.filter(day_to__gte=chosen.since)
    if chosen.until is not None:
        found = found.filter(day_from__lte=chosen.until)
    words = clean(chosen.text)
    if words:
        found = found.filter(
            Q(source__icontains=words) | Q(campaign__icontains=words) | Q(document__istartswith=words)
            | Q(note__icontains=words)
        )  # fmt: skip
    return found


def cost_get(*, actor: Actor, cost_id: int) -> Cost:
    """One cost; Cost.DoesNotExist outside the actor's reach."""
    return costs(actor=actor).select_related("order", "customer", "product", "entered_by").get(pk=cost_id)


def cost_sums(*, found: QuerySet[Cost]) -> list[CostSum]:
    """Sums of what a list shows, by kind and currency."""
    rows = found.order_by().values("kind", "currency").annotate(entries=Count("pk"), sum=Sum("amount_minor"))
    order = {kind: place for place, kind in enumerate(CostKind.values)}
    made = [CostSum(row["kind"], row["currency"], row["entries"], int(row["sum"])) for row in rows]
    return sorted(made, key=lambda one: (one.currency, order[one.kind]))


def cost_rates(*, actor: Actor) -> QuerySet[CostRate]:
    """Standing prices by name, the latest first."""
    actor.require(COSTS_VIEW)
    return CostRate.objects.visible_to(actor).select_related("product").order_by("key", "kind", "-valid_from", "-pk")


def cost_rate_get(*, actor: Actor, rate_id: int) -> CostRate:
    """One rate; CostRate.DoesNotExist outside the actor's reach."""
    return cost_rates(actor=actor).get(pk=rate_id)


def rates_now(*, actor: Actor, on: date) -> set[int]:
    """Ids of the rates that hold on the day: of the same name, kind and narrowing the latest, unless it is 0."""
    latest: dict[tuple[object, ...], CostRate] = {}
    for rate in cost_rates(actor=actor).filter(valid_from__lte=on).order_by("valid_from", "pk"):
        latest[
            rate.key, rate.kind, rate.driver, rate.currency, rate.channel, rate.source, rate.interaction_kind,
            rate.product_id,
        ] = rate  # fmt: skip
    return {rate.pk for rate in latest.values() if rate.amount}
