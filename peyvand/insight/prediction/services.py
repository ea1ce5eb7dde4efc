"""The verbs of prediction: ask for a computation, keep what was computed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext

from peyvand.foundation.accounts.services.workspace import settings_save
from peyvand.foundation.jobs import services as jobs
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.registry.actor import Actor
from peyvand.insight.prediction import definitions
from peyvand.insight.prediction.foreseen import Foreseen
from peyvand.insight.prediction.models import CustomerForecast, Forecast
from peyvand.memory.customers import services as customers
from peyvand.memory.customers.services import TraitRow

SOURCE = "insight.prediction"
COLUMNS = (
    "forecast_id", "customer_id", "group", "risk", "at_stake_minor", "loss_minor", "reasons", "next_day",
    "next_from", "next_to", "suggestions",
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
    return forecast


def _copy(forecast: Forecast, people: Sequence[Foreseen]) -> None:
    table, names = CustomerForecast._meta.db_table, ", ".join(f'"{name}"' for name in COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE foreseen_in ON COMMIT DROP AS SELECT {names} FROM {table} WITH NO DATA")
        with cursor.copy(f"COPY foreseen_in ({names}) FROM STDIN") as copy:
            for one in people:
                copy.write_row(
                    (forecast.pk, one.customer_id, one.group, one.risk, one.at_stake, one.loss, json.dumps(one.reasons),
                     one.next_day, one.next_from, one.next_to, json.dumps(one.suggestions))
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


def traits_keep(*, actor: Actor, demo: bool, people: Sequence[tuple[str, Sequence[Foreseen]]]) -> None:
    """Write risk and next purchase into memory; of several currencies the one of most orders, which comes first."""
    actor.require("insight.refresh")
    looking = actor.looking_at(demo=demo)
    customers.traits_write(actor=looking, rows=_trait_rows(people), source=SOURCE, replace=True)


def _trait_rows(people: Sequence[tuple[str, Sequence[Foreseen]]]) -> Iterator[TraitRow]:
    risk: set[int] = set()
    following: set[int] = set()
    for _currency, found in people:
        for one in found:
            if one.risk is not None and one.customer_id not in risk:
                risk.add(one.customer_id)
                yield TraitRow(
                    customer_id=one.customer_id, name="prediction.risk", number=Decimal(str(round(100 * one.risk, 1)))
                )
            if one.next_day is not None and one.customer_id not in following:
                following.add(one.customer_id)
                yield TraitRow(
                    customer_id=one.customer_id, name="prediction.next_purchase", text=one.next_day.isoformat()
                )


def sample_remove(actor: Actor) -> int:
    """Remove the forecasts of the sample business; gives how many rows went."""
    return Forecast.objects.filter(demo=True).delete()[0]
