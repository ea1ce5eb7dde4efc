"""The verbs of ways: ask for a computation, keep what was computed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext

from peyvand.foundation.accounts.services.workspace import settings_save
from peyvand.foundation.jobs import services as jobs
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.registry.actor import Actor
from peyvand.insight.reports.models import Figure, Way, WayTouch
from peyvand.insight.reports.stages import Steps
from peyvand.insight.warehouse.models import Load

JOB = "reports.ways"
LOOKBACK = "reports.lookback_days"  # the setting: days before an order in which a touch is on its path
LOOKBACK_DAYS = 90
PATHS = "paths"  # the figure of paths, of the longest window
WINDOWS = (365, 90, 30)  # days up to the last one whose orders are divided, the one that pages begin with first
WAYS = (
    "customer_id", "demo", "source", "channel", "entered_at", "visitor_at", "known_at", "lead_at", "customer_at",
    "repeat_at", "first_currency", "first_net_minor", "discounted",
)  # fmt: skip
TOUCHES = ("customer_id", "demo", "touchpoint", "orders", "last_at")


def paths_name(window: int) -> str:
    """What the figure of paths within a window is called."""
    return PATHS if window == WINDOWS[0] else f"{PATHS}-{window}"


@dataclass(frozen=True)
class WayRow:
    """One customer's way as it was computed; `net` of the first order, in minor units of `currency`; `offer` is what
    that was discounted for, where noted.
    """

    customer_id: int
    source: str
    channel: str
    steps: Steps
    currency: str = ""
    net: int | None = None
    discounted: bool = False
    offer: str = ""


def lookback_checked(value: Any) -> int:
    """Days as a form or a program gives them: 1 to 365; ValueError otherwise."""
    days = int(value)
    if not 1 <= days <= 365:
        raise ValueError(gettext("Give between 1 and 365 days."))
    return days


def lookback_choose(*, actor: Actor, days: Any) -> Run:
    """Set how many days before an order a touch is on its path, and ask for a computation; ValueError as above."""
    actor.require("insight.refresh")
    settings_save(actor=actor, values={LOOKBACK: days})
    return ways_ask(actor=actor)


def ways_ask(*, actor: Actor) -> Run:
    """Ask for a computation of the business that the actor looks at; one that is still waiting is returned instead."""
    actor.require("insight.refresh")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('reports.ways'))")
        waiting = Run.objects.filter(job=JOB, state="waiting", demo=actor.demo).first()
        return waiting or jobs.start(actor=actor, job=JOB, title=gettext("Following the ways"), arguments={})


def figures_keep(
    *, actor: Actor, demo: bool, name: str, as_of: date, load: Load, payloads: Mapping[str, Mapping[str, Any]]
) -> None:
    """Keep the figures of that name, one a currency ("" where no money is in them), in the place of those before."""
    actor.require("insight.refresh")
    with transaction.atomic():
        Figure.objects.filter(demo=demo, name=name).delete()
        Figure.objects.bulk_create(
            Figure(demo=demo, name=name, as_of=as_of, currency=currency, payload=dict(payload), load=load)
            for currency, payload in payloads.items()
        )


def ways_keep(
    *, actor: Actor, demo: bool, ways: Iterable[WayRow], touches: Iterable[tuple[int, str, int, datetime]]
) -> None:
    """Keep every customer's way and touchpoints (customer, touchpoint, orders, latest) in the place of those before; a
    person erased meanwhile is left out.
    """
    actor.require("insight.refresh")
    with transaction.atomic():
        WayTouch.objects.filter(demo=demo)._raw_delete("default")
        Way.objects.filter(demo=demo)._raw_delete("default")
        _copy(Way._meta.db_table, WAYS, (_way(demo, way) for way in ways))
        _copy(WayTouch._meta.db_table, TOUCHES, ((who, demo, touch, n, at) for who, touch, n, at in touches))


def _way(demo: bool, way: WayRow) -> tuple[Any, ...]:
    moments = way.steps.moments
    entered = min(moment for moment in moments if moment is not None)
    return (
        way.customer_id, demo, way.source[:120], way.channel[:40], entered, *moments, way.currency, way.net,
        way.discounted,
    )  # fmt: skip


def _copy(table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    names = ", ".join(columns)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE ways_in ON COMMIT DROP AS SELECT {names} FROM {table} WITH NO DATA")
        with cursor.copy(f"COPY ways_in ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {names} FROM ways_in"
            " WHERE EXISTS (SELECT 1 FROM customers_customer c WHERE c.id = ways_in.customer_id)"
        )
        cursor.execute("DROP TABLE ways_in")


def sample_remove(actor: Actor) -> int:
    """Remove what was computed of the sample business; gives how many rows went."""
    return sum(model.objects.filter(demo=True).delete()[0] for model in (WayTouch, Way, Figure))
