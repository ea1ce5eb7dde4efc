"""What was loaded, and a look at the facts themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from peyvand.foundation.registry.actor import Actor, NotAllowed
from peyvand.foundation.registry.declarations import WarehouseFact
from peyvand.insight.warehouse import access, watching
from peyvand.insight.warehouse.models import Load, LoadState

LOOK = 50  # rows of a look at a fact


def loads(*, actor: Actor) -> QuerySet[Load]:
    """Every load, newest first."""
    actor.require(access.VIEW)
    return Load.objects.order_by("-id")


def current_load(*, actor: Actor) -> Load | None:
    """The load that figures are computed from; None before the first."""
    return loads(actor=actor).filter(state=LoadState.READY).first()


def waiting(*, actor: Actor) -> bool:
    """Whether a change waits for the next load."""
    actor.require(access.VIEW)
    return watching.looked()[0]


def look(*, actor: Actor, fact: WarehouseFact) -> tuple[list[str], Sequence[tuple[Any, ...]]]:
    """Columns and the newest LOOK rows of the fact, of the business the actor looks at, as they are now in PostgreSQL,
    where the files come from. NotAllowed unless the actor sees everybody's.
    """
    if not access.may_see_rows(actor, fact):
        raise NotAllowed(next((name for name in fact.needs if not actor.may(name)), access.VIEW))
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT * FROM ({fact.select}) AS fact WHERE fact.demo = %s ORDER BY fact."{fact.key}" DESC LIMIT {LOOK}',
            [actor.demo],
        )
        return [column.name for column in cursor.description], cursor.fetchall()
