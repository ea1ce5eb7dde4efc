"""Contacts as records that are opened by their ids; they have no page but their customer's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.money.amounts import Money
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Record, RecordList
from peyvand.foundation.registry.registry import registry
from peyvand.memory.interactions.declarations import InteractionKind
from peyvand.memory.interactions.models import Interaction


def _found(actor: Actor, ids: Sequence[int]) -> QuerySet[Any]:
    return Interaction.objects.visible_to(actor).filter(pk__in=ids)


def _told(actor: Actor, rows: Sequence[Interaction]) -> list[Record]:
    return [Record(one.pk, _kind(one), "", one.customer_id, one.at, _cost(one)) for one in rows]


def _kind(row: Interaction) -> str:
    return str(registry.get(InteractionKind, row.kind).label) if registry.has(InteractionKind, row.kind) else row.kind


def _cost(row: Interaction) -> Money | str:
    return Money(row.cost_minor, row.cost_currency) if row.cost_minor is not None and row.cost_currency else ""


RECORDS = (RecordList("interactions", _("Contacts"), _found, _told, ("-at", "-id"), _("Amount")),)
