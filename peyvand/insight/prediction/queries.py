"""What pages read of prediction. Numbers need "insight.view"; people only those whom the actor may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from peyvand.foundation.jobs.models import Run
from peyvand.foundation.registry.actor import Actor
from peyvand.insight.prediction.models import CustomerForecast, Forecast
from peyvand.memory.commerce.models import Product
from peyvand.memory.customers.models import Customer

ABOUT_TO_LEAVE = 0.4  # of the risk, from which somebody is
ALIVE = (Run.State.RUNNING, Run.State.WAITING)


@dataclass(frozen=True)
class Shown:
    """The forecast shown, and the currencies there are."""

    forecast: Forecast
    currencies: tuple[str, ...]


def overview(*, actor: Actor, currency: str = "") -> Shown | None:
    """The forecast in the asked currency, else the one of most customers; None before the first."""
    actor.require("insight.view")
    found = list(Forecast.objects.filter(demo=actor.demo).order_by("-customers", "currency"))
    if not found:
        return None
    chosen = next((forecast for forecast in found if forecast.currency == currency), found[0])
    return Shown(forecast=chosen, currencies=tuple(forecast.currency for forecast in found))


def computing(*, actor: Actor) -> Run | None:
    """The run that waits or is under way."""
    actor.require("insight.view")
    found = Run.objects.filter(job="prediction.foresee", state__in=ALIVE, demo=actor.demo)
    return found.order_by("state", "id").first()


def people(*, actor: Actor, forecast: Forecast, group: int | None = None) -> QuerySet[CustomerForecast]:
    """Customers about to leave, or of a group; the greatest expected loss first, only those the actor may see."""
    actor.require("insight.view")
    chosen = _behind(forecast, group).filter(customer__in=Customer.objects.visible_to(actor))
    return chosen.select_related("customer", "forecast").order_by("-loss_minor", "id")


def hidden_people(*, actor: Actor, forecast: Forecast, group: int | None = None) -> int:
    """How many more there are than the actor may see."""
    seen = people(actor=actor, forecast=forecast, group=group).count()
    return _behind(forecast, group).count() - seen


def _behind(forecast: Forecast, group: int | None) -> QuerySet[CustomerForecast]:
    chosen = CustomerForecast.objects.filter(forecast=forecast)
    return chosen.filter(risk__gte=ABOUT_TO_LEAVE) if group is None else chosen.filter(group=group)


def of_customer(*, actor: Actor, customer_id: int) -> list[CustomerForecast]:
    """What is foreseen of a customer, an entry a currency; [] where the actor may not see them."""
    if not actor.may("insight.view_customer"):
        return []
    rows = CustomerForecast.objects.filter(
        customer_id=customer_id, forecast__demo=actor.demo, customer__in=Customer.objects.visible_to(actor)
    )
    return list(rows.select_related("forecast").order_by("-at_stake_minor", "id"))


def product_names(*, actor: Actor, ids: Iterable[int]) -> dict[int, str]:
    """Names of those products that the actor may see."""
    return dict(Product.objects.visible_to(actor).filter(pk__in=set(ids)).values_list("pk", "name"))


def card_before(*, demo: bool, currency: str) -> tuple[date, dict[str, Any]] | None:
    """The day and card of the forecast that stands now, for a computation that will replace it."""
    return Forecast.objects.filter(demo=demo, currency=currency).values_list("as_of", "card").first()
