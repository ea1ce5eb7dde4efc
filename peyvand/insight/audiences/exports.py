"""Members of an audience going out: the list of customers, of those who are in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from peyvand.foundation.registry.actor import Actor
from peyvand.insight.audiences import access, queries
from peyvand.insight.audiences.asked import AUDIENCES
from peyvand.insight.audiences.models import Audience
from peyvand.memory.customers import exports as customers


def _narrowed(actor: Actor, query: Mapping[str, str]) -> Mapping[str, str]:
    """The list's query with the audience that `audience` names, or with all that the actor sees where it names none;
    Audience.DoesNotExist, HiddenFromReaderError.
    """
    actor.require(access.VIEW)
    number = query.get("audience", "")
    if not number:
        return {**query, f"f.{AUDIENCES}": "filled"}
    if not number.isascii() or not number.isdigit() or len(number) > 18:
        raise Audience.DoesNotExist
    audience = queries.audience_get(actor=actor, id=int(number))
    queries.members(actor=actor, audience=audience)
    rest = {name: value for name, value in query.items() if name != "audience"}
    return {**rest, f"f.{AUDIENCES}": f"any:{audience.pk}"}


def export_rows(actor: Actor, query: Mapping[str, str]) -> Iterator[list[Any]]:
    """The members whom the actor sees, as the list of customers is written."""
    yield from customers.export_rows(actor, _narrowed(actor, query))


def export_count(actor: Actor, query: Mapping[str, str]) -> int:
    """How many rows that will be."""
    return customers.export_count(actor, _narrowed(actor, query))
