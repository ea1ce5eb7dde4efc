"""Contacts, as audiences ask for them: those that everybody sees who sees the customer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from peyvand.foundation.fields.declarations import Field
from peyvand.foundation.fields.kinds import FieldKind
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.ui.pieces import CHANNELS
from peyvand.memory.customers.declarations import Behaviour
from peyvand.memory.interactions.access import VIEW
from peyvand.memory.interactions.declarations import InteractionKind
from peyvand.memory.interactions.models import Interaction, Visibility

_CHANNELS: list[tuple[str, Any]] = [(code, label) for code, (label, _icon) in CHANNELS.items()]
_DIRECTIONS = (("in", _("From the customer")), ("out", _("From us")))


def _open_kinds() -> list[InteractionKind]:
    """Kinds that need no right of their own."""
    found = [one for one in registry.all(InteractionKind) if not one.permission]
    return sorted(found, key=lambda one: (one.order, one.name))


def _fields(actor: Actor) -> Sequence[Field]:
    any_none = ("any", "none")
    kinds: list[tuple[str, Any]] = [(one.name, one.label) for one in _open_kinds()]
    return (
        Field("kind", _("Kind"), FieldKind.CHOICE, "tag", "kind", operators=any_none, choices=kinds),
        Field("channel", _("Channel"), FieldKind.CHOICE, "route", "channel", operators=any_none, choices=_CHANNELS),
        Field("direction", _("Direction"), FieldKind.CHOICE, "arrows-left-right", "direction", operators=any_none,
              choices=_DIRECTIONS),
    )  # fmt: skip


def _rows(demo: bool) -> QuerySet[Interaction]:
    closed = [one.name for one in registry.all(InteractionKind) if one.permission]
    found = Interaction.objects.filter(demo=demo, visibility=Visibility.ALL)
    return found.exclude(kind__in=closed) if closed else found


BEHAVIOURS = (
    Behaviour(
        "contact", pgettext_lazy("audience", "Contact"), pgettext_lazy("audience", "were in touch with us"),
        pgettext_lazy("audience", "were not in touch with us"), "messages", VIEW, _rows, _fields, order=10,
    ),
)  # fmt: skip
