"""Interactions going out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext

from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.ui.lists import paginate
from peyvand.memory.interactions import queries, showing
from peyvand.memory.interactions.asking import asked
from peyvand.memory.interactions.declarations import InteractionKind
from peyvand.memory.interactions.queries import NEWEST_FIRST

CHUNK = 500


def export_rows(actor: Actor, query: Mapping[str, str]) -> Iterator[list[Any]]:
    """What happened under the conditions of the list's address, newest first; costs in whole units of the currency."""
    found = queries.interactions(actor=actor, chosen=asked(actor=actor, query=query).chosen)
    yield [
        gettext("When"), gettext("Kind"), gettext("Customer"), gettext("Channel"), gettext("Direction"),
        gettext("Colleague"), gettext("Text"), gettext("Seconds"), gettext("Cost"), gettext("Currency"),
        gettext("Mood"),
    ]  # fmt: skip
    cursor = None
    while True:
        page = paginate(found, order=NEWEST_FIRST, cursor=cursor, size=CHUNK)
        staff, customers = queries.staff_names(page.rows), queries.customer_names(page.rows)
        for row in page.rows:
            kind = registry.get(InteractionKind, row.kind) if registry.has(InteractionKind, row.kind) else None
            cost = showing.cost_of(row)
            yield [
                row.at, str(kind.label) if kind else row.kind, customers.get(row.customer_id or 0, ""),
                showing.channel_word(row.channel), row.direction, staff.get(row.staff_id or 0, ""),
                row.payload.get("text") or (kind.summary(row.payload, actor.language) if kind else ""),
                row.duration_s, cost.to_decimal() if cost else "", cost.currency if cost else "", row.sentiment,
            ]  # fmt: skip
        cursor = page.next_cursor
        if cursor is None:
            return


def export_count(actor: Actor, query: Mapping[str, str]) -> int:
    """How many rows that will be."""
    return queries.interactions(actor=actor, chosen=asked(actor=actor, query=query).chosen).count()
