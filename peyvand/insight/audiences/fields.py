"""Audiences as a field of customers' lists: who is in one of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.fields.conditions import Condition
from peyvand.foundation.fields.declarations import Field, LazyChoices, MoreFields
from peyvand.foundation.fields.kinds import FieldKind
from peyvand.foundation.fields.sorting import as_people_sort
from peyvand.foundation.registry.actor import Actor
from peyvand.insight.audiences import access, inside
from peyvand.insight.audiences.asked import AUDIENCES
from peyvand.insight.audiences.models import Audience
from peyvand.insight.audiences.reading import Reading, hides
from peyvand.memory.customers.fields import RECORD

MOST_OFFERED = 500


def _seen(actor: Actor) -> list[Audience]:
    """Those that the actor sees and that ask for nothing kept from them."""
    reading = Reading(actor)
    found = Audience.objects.visible_to(actor).filter(archived=False).order_by(as_people_sort(F("name")), "id")
    return [one for one in found[:MOST_OFFERED] if actor.everything or not hides(one.tree, reading)]


def _choices(actor: Actor) -> list[tuple[int | str, str]]:
    return [(one.pk, one.name) for one in _seen(actor)]


def _in_audience(actor: Actor, condition: Condition) -> Q:
    wanted = [one for one in _seen(actor) if not condition.values or str(one.pk) in condition.values]
    those = inside.in_one_of(wanted)
    return those if condition.operator in ("any", "filled") else ~those


def _fields(actor: Actor) -> Sequence[Field]:
    if not actor.may(access.VIEW):
        return ()
    return (
        Field(
            AUDIENCES, _("Audiences"), FieldKind.CHOICES, "users-group", column=False, hideable=False,
            choices=LazyChoices(partial(_choices, actor)), asks=partial(_in_audience, actor),
        ),
    )  # fmt: skip


AUDIENCE_FIELDS = MoreFields("audiences", record=RECORD, fields=_fields)
