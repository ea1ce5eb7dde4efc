"""What pages read of prediction. Numbers need "insight.view"; people only those whom the actor may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Min, QuerySet

from peyvand.foundation.accounts import settings as workspace_settings
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.money.currencies import exponent_of
from peyvand.foundation.registry.actor import Actor
from peyvand.insight.prediction.models import Campaign, CustomerForecast, Demand, Forecast, Suggestion
from peyvand.memory.commerce.models import Category, Product
from peyvand.memory.customers.models import Customer, CustomerList

ABOUT_TO_LEAVE = 0.4  # of the risk, from which somebody is
DECLINED_RESTS = 90  # days that a product is not suggested again after it was turned down; twice as long after twice
TOLD_LONG, TOLD_RESTS = 30, 30  # days of being suggested without a purchase, and of the rest that follows
COUNTS = 30  # days after a suggestion in which a purchase counts as one of it
ALIVE = (Run.State.RUNNING, Run.State.WAITING)


_RESTING = """
    SELECT customer_id, product_id FROM prediction_declined WHERE demo = %(demo)s GROUP BY customer_id, product_id
    HAVING %(day)s::date - max(day) < %(declined)s * count(*)
    UNION SELECT customer_id, product_id FROM prediction_suggestion
    WHERE demo = %(demo)s AND last_on - first_on >= %(long)s AND %(day)s::date - last_on < %(rests)s"""
_RECOMMENDED = """
    SELECT coalesce(sum(net), 0), coalesce(sum(net) FILTER (WHERE told), 0), count(DISTINCT id) FILTER (WHERE told)
      FROM (SELECT kept.id, line.amount - CASE WHEN line.tax_included THEN line.tax ELSE 0 END AS net,
                   one.id IS NOT NULL AS told
              FROM commerce_order kept JOIN commerce_orderline line ON line.order_id = kept.id
              LEFT JOIN prediction_suggestion one
                ON one.customer_id = kept.customer_id AND one.product_id = line.product_id
               AND (kept.placed_at AT TIME ZONE %(zone)s)::date > one.first_on
               AND (kept.placed_at AT TIME ZONE %(zone)s)::date <= one.last_on + %(counts)s
             WHERE kept.demo = %(demo)s AND kept.currency = %(currency)s AND kept.kind = 'sale'
               AND kept.status <> 'cancelled' AND kept.customer_id IS NOT NULL
               AND kept.placed_at >= %(begin)s AND kept.placed_at < %(end)s) bought"""
_MEMBERS = """
    SELECT who.treated, who.number > 1, coalesce(done.orders, 0), coalesce(done.revenue, 0), coalesce(done.before, 0)
      FROM (SELECT member.customer_id, bool_or(member.list_id = %(treated)s) AS treated, count(*) AS number
              FROM customers_listmember member JOIN customers_customer one ON one.id = member.customer_id
             WHERE member.list_id IN (%(treated)s, %(holdout)s) AND one.demo = %(demo)s
             GROUP BY member.customer_id) who
      LEFT JOIN (SELECT customer_id, count(*) FILTER (WHERE kind = 'sale' AND placed_at >= %(begin)s) AS orders,
                        sum(total_minor - tax_minor) FILTER (WHERE placed_at >= %(begin)s)::bigint AS revenue,
                        sum(total_minor - tax_minor) FILTER (WHERE placed_at < %(begin)s)::bigint AS before
                   FROM commerce_order
                  WHERE demo = %(demo)s AND currency = %(currency)s AND status <> 'cancelled'
                    AND kind IN ('sale', 'return') AND placed_at >= %(before)s AND placed_at < %(end)s
                  GROUP BY customer_id) done ON done.customer_id = who.customer_id
     ORDER BY who.customer_id"""


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


def category_names(*, actor: Actor, ids: Iterable[int]) -> dict[int, str]:
    """Names of those categories that the actor may see."""
    return {one.pk: str(one) for one in Category.objects.visible_to(actor).filter(pk__in=set(ids))}


def demand(*, actor: Actor, currency: str, unit: str, measure: str, kind: str, ref: int) -> Demand | None:
    """What will be sold of that, if it is told and the actor may see it."""
    actor.require("insight.view")
    seen = {"product": product_names, "category": category_names}
    if kind in seen and not seen[kind](actor=actor, ids=[ref]):
        return None
    return Demand.objects.filter(
        demo=actor.demo, currency=currency, unit=unit, measure=measure, kind=kind, ref=ref
    ).first()


def demanded(*, actor: Actor, currency: str, unit: str, measure: str) -> list[tuple[Demand, str]]:
    """What is told of with its name, the most sold first; "" is everything together."""
    actor.require("insight.view")
    found = list(
        Demand.objects.filter(demo=actor.demo, currency=currency, unit=unit, measure=measure).order_by("-weight", "id")
    )
    names = {
        "product": product_names(actor=actor, ids=[one.ref for one in found if one.kind == "product"]),
        "category": category_names(actor=actor, ids=[one.ref for one in found if one.kind == "category"]),
    }
    return [(one, "") for one in found if one.kind == "all"] + [
        (one, names[one.kind][one.ref])
        for kind in ("category", "product")
        for one in found
        if one.kind == kind and one.ref in names[kind]
    ]


def resting(*, demo: bool, as_of: date) -> tuple[list[int], list[int]]:
    """Customers and products that are not to be suggested on that day: turned down lately, or told for long."""
    with connection.cursor() as cursor:
        cursor.execute(
            _RESTING,
            {"demo": demo, "day": as_of, "declined": DECLINED_RESTS, "long": TOLD_LONG, "rests": TOLD_RESTS},
        )
        rows = cursor.fetchall()
    return [row[0] for row in rows], [row[1] for row in rows]


def recommended(*, demo: bool, currency: str, as_of: date, days: int = 90) -> dict[str, Any]:
    """What was bought in these days by known customers, in minor units without tax, and how much of it within COUNTS
    days after it had been suggested; "since" is the day of the first suggestion that is kept, null before one is.
    """
    zone = ZoneInfo(workspace_settings.text("time_zone"))
    begin = datetime.combine(as_of - timedelta(days=days - 1), time(), tzinfo=zone)
    end = datetime.combine(as_of + timedelta(days=1), time(), tzinfo=zone)
    with connection.cursor() as cursor:
        cursor.execute(
            _RECOMMENDED,
            {"demo": demo, "currency": currency, "begin": begin, "end": end, "counts": COUNTS, "zone": zone.key},
        )
        everything, told, orders = cursor.fetchone()
    first = Suggestion.objects.filter(demo=demo).aggregate(day=Min("first_on"))["day"]
    factor = 10 ** exponent_of(currency)
    return {
        "revenue": round(everything * factor), "suggested": round(told * factor), "orders": orders, "days": days,
        "since": first.isoformat() if first else None,
    }  # fmt: skip


@dataclass(frozen=True)
class Members:
    """Those of a campaign's two lists who stand on one of them alone, a place each in the columns; `both` on both.

    Net amounts of sales and returns in minor units: `revenue` within the campaign's days, `before` in the year before.
    """

    treated: list[bool]
    orders: list[int]
    revenue: list[int]
    before: list[int]
    both: int


def campaigns(*, actor: Actor) -> QuerySet[Campaign]:
    """Those whose two lists the actor may see, the newest first."""
    actor.require("insight.view")
    lists = CustomerList.objects.visible_to(actor)
    found = Campaign.objects.filter(demo=actor.demo, treated__in=lists, holdout__in=lists)
    return found.select_related("treated", "holdout").order_by("-starts_on", "-id")


def lists(*, actor: Actor) -> QuerySet[CustomerList]:
    """What a campaign may be made of."""
    return CustomerList.objects.visible_to(actor).filter(archived=False).order_by("name", "id")


def campaign_members(*, actor: Actor, campaign_id: int) -> Members:
    """What the members of the campaign's lists bought; Campaign.DoesNotExist where the actor may not see both lists."""
    one = campaigns(actor=actor).get(pk=campaign_id)
    zone = ZoneInfo(workspace_settings.text("time_zone"))
    begin, end, before = (
        datetime.combine(one.starts_on + timedelta(days=days), time(), tzinfo=zone) for days in (0, one.days, -365)
    )
    with connection.cursor() as cursor:
        cursor.execute(
            _MEMBERS,
            {"treated": one.treated_id, "holdout": one.holdout_id, "demo": one.demo, "currency": one.currency,
             "begin": begin, "end": end, "before": before},
        )  # fmt: skip
        rows = cursor.fetchall()
    alone = [row for row in rows if not row[1]]
    treated, _both, orders, revenue, earlier = ([row[place] for row in alone] for place in range(5))
    return Members(treated=treated, orders=orders, revenue=revenue, before=earlier, both=len(rows) - len(alone))


def card_before(*, demo: bool, currency: str) -> tuple[date, dict[str, Any]] | None:
    """The day and card of the forecast that stands now, for a computation that will replace it."""
    return Forecast.objects.filter(demo=demo, currency=currency).values_list("as_of", "card").first()
