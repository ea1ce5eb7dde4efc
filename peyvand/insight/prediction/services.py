"""The verbs of prediction: ask for a computation, keep what was computed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext

from peyvand.foundation.accounts.services.workspace import settings_save
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.jobs import services as jobs
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.money.currencies import is_currency
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui import formats
from peyvand.insight.prediction import definitions, queries
from peyvand.insight.prediction.foreseen import Foreseen
from peyvand.insight.prediction.models import Campaign, CustomerForecast, Declined, Demand, Forecast, Suggestion
from peyvand.memory.commerce.models import Product
from peyvand.memory.customers import services as customers
from peyvand.memory.customers.models import Customer, CustomerList
from peyvand.memory.customers.services import TraitRow

SOURCE = "insight.prediction"
COLUMNS = (
    "forecast_id", "customer_id", "group", "risk", "at_stake_minor", "loss_minor", "reasons", "next_day",
    "next_from", "next_to", "suggestions", "cautions",
)  # fmt: skip


def leaving_choose(*, actor: Actor, way: str, limit: Any) -> Run:
    """Set what counts as leaving, and ask for a computation; ValueError, in a sentence, where it is no definition."""
    actor.require("insight.refresh")
    chosen = definitions.checked({"way": way, "limit": limit})
    settings_save(actor=actor, values={definitions.LEAVING: chosen})
    return foresee_ask(actor=actor)


def foresee_ask(*, actor: Actor) -> Run:
    """Ask for a computation of the business that the actor looks at; one that is still waiting is returned instead."""
    actor.require("insight.refresh")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('prediction.foresee'))")
        waiting = Run.objects.filter(job="prediction.foresee", state="waiting", demo=actor.demo).first()
        return waiting or jobs.start(actor=actor, job="prediction.foresee", title=gettext("Foreseeing"), arguments={})


def forecast_keep(
    *, actor: Actor, demo: bool, currency: str, as_of: date, card: Mapping[str, Any],
    baskets: Sequence[Mapping[str, Any]], people: Sequence[Foreseen],
) -> Forecast:  # fmt: skip
    """Keep a currency's forecast in the place of the one before; a person erased meanwhile is left out."""
    actor.require("insight.refresh")
    with transaction.atomic():
        Forecast.objects.filter(demo=demo, currency=currency).delete()
        forecast = Forecast.objects.create(
            demo=demo, currency=currency, as_of=as_of, on=bool(card.get("on")), customers=len(people),
            card=dict(card), baskets=list(baskets),
        )  # fmt: skip
        _copy(forecast, people)
        _suggestions_note(forecast)
    return forecast


def _suggestions_note(forecast: Forecast) -> None:
    """Since when each product has been suggested to whom; a rest begins anew."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO prediction_suggestion AS kept (demo, customer_id, product_id, first_on, last_on)"
            " SELECT %(demo)s, row.customer_id, product.id, %(day)s, %(day)s FROM prediction_customerforecast row"
            " CROSS JOIN LATERAL jsonb_array_elements(row.suggestions) pair"
            " JOIN commerce_product product ON product.id = (pair ->> 0)::bigint WHERE row.forecast_id = %(forecast)s"
            " ON CONFLICT (customer_id, product_id) DO UPDATE SET last_on = greatest(kept.last_on, EXCLUDED.last_on),"
            " first_on = CASE WHEN EXCLUDED.last_on - kept.last_on >= %(rests)s THEN EXCLUDED.first_on"
            " ELSE kept.first_on END",
            {"demo": forecast.demo, "day": forecast.as_of, "forecast": forecast.pk, "rests": queries.TOLD_RESTS},
        )


def demand_keep(*, actor: Actor, demo: bool, currency: str, as_of: date, told: Sequence[Mapping[str, Any]]) -> None:
    """Keep what will be sold in the place of what was told before; each of `told` has the other columns of Demand."""
    actor.require("insight.refresh")
    with transaction.atomic():
        Demand.objects.filter(demo=demo, currency=currency).delete()
        rows = [Demand(demo=demo, currency=currency, as_of=as_of, **one) for one in told]
        Demand.objects.bulk_create(rows, batch_size=500)


def suggestion_decline(*, actor: Actor, customer_id: int, product_id: int) -> int | None:
    """This is nothing for the customer now: not suggested again for a while. Gives the change set, None where it was
    said today already; Customer.DoesNotExist or Product.DoesNotExist where the actor may not see them.
    """
    actor.require("insight.view_customer")
    customer = Customer.objects.visible_to(actor).get(pk=customer_id)
    product = Product.objects.visible_to(actor).get(pk=product_id)
    title = gettext("“%(product)s” is not suggested to %(customer)s for now") % {
        "product": product.name, "customer": customer.name,
    }  # fmt: skip
    with change_set(actor=actor, kind="edit", title=title) as made:
        day = formats.local_date(timezone.now())
        _row, new = Declined.objects.get_or_create(demo=actor.demo, customer=customer, product=product, day=day)
    return made.pk if new else None


def campaign_save(
    *, actor: Actor, name: str, treated_id: int, holdout_id: int, starts_on: date, days: int, currency: str
) -> Campaign:
    """Keep two lists to be compared, and have it computed; ValueError, a sentence, where they can't be."""
    actor.require("insight.view")
    actor.require("insight.refresh")
    if treated_id == holdout_id:
        raise ValueError(gettext("A list can't be compared with itself."))
    if not name.strip() or not 1 <= days <= 365 or not is_currency(currency):
        raise ValueError(gettext("Give it a name, 1 to 365 days and a currency."))
    treated, holdout = (CustomerList.objects.visible_to(actor).get(pk=key) for key in (treated_id, holdout_id))
    with change_set(actor=actor, kind="edit", title=gettext("Campaign “%(name)s”") % {"name": name.strip()}):
        campaign = Campaign.objects.create(
            demo=actor.demo, name=name.strip()[:120], treated=treated, holdout=holdout, starts_on=starts_on, days=days,
            currency=currency,
        )  # fmt: skip
    campaign_ask(actor=actor, campaign_id=campaign.pk)
    return campaign


def campaign_ask(*, actor: Actor, campaign_id: int) -> Run:
    """Have a campaign's result computed anew; Campaign.DoesNotExist where the actor may not see it."""
    actor.require("insight.refresh")
    campaign = queries.campaigns(actor=actor).get(pk=campaign_id)
    title = gettext("Comparing “%(name)s”") % {"name": campaign.name}
    return jobs.start(actor=actor, job="prediction.compare", title=title, arguments={"campaign": campaign.pk})


def campaign_told(*, actor: Actor, campaign_id: int, result: Mapping[str, Any]) -> None:
    """Keep a result."""
    actor.require("insight.refresh")
    queries.campaigns(actor=actor).filter(pk=campaign_id).update(result=dict(result))


def campaign_remove(*, actor: Actor, campaign_id: int) -> int:
    """Take a campaign away; gives the change set."""
    actor.require("insight.refresh")
    campaign = queries.campaigns(actor=actor).get(pk=campaign_id)
    title = gettext("Campaign “%(name)s” removed") % {"name": campaign.name}
    with change_set(actor=actor, kind="edit", title=title) as made:
        campaign.delete()
    return made.pk


def _copy(forecast: Forecast, people: Sequence[Foreseen]) -> None:
    table, names = CustomerForecast._meta.db_table, ", ".join(f'"{name}"' for name in COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE foreseen_in ON COMMIT DROP AS SELECT {names} FROM {table} WITH NO DATA")
        with cursor.copy(f"COPY foreseen_in ({names}) FROM STDIN") as copy:
            for one in people:
                copy.write_row(
                    (forecast.pk, one.customer_id, one.group, one.risk, one.at_stake, one.loss, json.dumps(one.reasons),
                     one.next_day, one.next_from, one.next_to, json.dumps(one.suggestions), json.dumps(one.cautions))
                )  # fmt: skip
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {names} FROM foreseen_in"
            " WHERE EXISTS (SELECT 1 FROM customers_customer c WHERE c.id = foreseen_in.customer_id)"
        )
        cursor.execute("DROP TABLE foreseen_in")


def only_these(*, actor: Actor, demo: bool, keep: Sequence[int]) -> None:
    """Forecasts of currencies in which nothing is sold any more go."""
    actor.require("insight.refresh")
    Forecast.objects.filter(demo=demo).exclude(pk__in=keep).delete()
    told = Forecast.objects.filter(demo=demo).values("currency")
    Demand.objects.filter(demo=demo).exclude(currency__in=told).delete()


def traits_keep(*, actor: Actor, demo: bool, people: Sequence[tuple[str, Sequence[Foreseen]]]) -> None:
    """Write risk and next purchase into memory; of several currencies the one of most orders, which comes first."""
    actor.require("insight.refresh")
    looking = actor.looking_at(demo=demo)
    customers.traits_write(actor=looking, rows=_trait_rows(people), source=SOURCE, replace=True)


def _trait_rows(people: Sequence[tuple[str, Sequence[Foreseen]]]) -> Iterator[TraitRow]:
    risk: set[int] = set()
    following: set[int] = set()
    minded: set[int] = set()
    for _currency, found in people:
        for one in found:
            if one.risk is not None and one.customer_id not in risk:
                risk.add(one.customer_id)
                yield TraitRow(
                    customer_id=one.customer_id, name="prediction.risk", number=Decimal(str(round(100 * one.risk, 1)))
                )
            if one.cautions and one.customer_id not in minded:
                minded.add(one.customer_id)
                kinds = [kind for kind, _size in one.cautions]
                yield TraitRow(
                    customer_id=one.customer_id, name="prediction.caution", text=kinds[0] if len(kinds) == 1 else "both"
                )
            if one.next_day is not None and one.customer_id not in following:
                following.add(one.customer_id)
                yield TraitRow(
                    customer_id=one.customer_id, name="prediction.next_purchase", text=one.next_day.isoformat()
                )


def sample_remove(actor: Actor) -> int:
    """Remove the forecasts of the sample business; gives how many rows went."""
    kept = (Forecast, Demand, Suggestion, Declined, Campaign)
    return sum(model.objects.filter(demo=True).delete()[0] for model in kept)
