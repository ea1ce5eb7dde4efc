"""What was loaded."""

from __future__ import annotations

from django.db.models import QuerySet

from peyvand.foundation.registry.actor import Actor
from peyvand.insight.warehouse.models import Load, LoadState


def loads(*, actor: Actor) -> QuerySet[Load]:
    """Every load, newest first."""
    actor.require("insight.view")
    return Load.objects.order_by("-id")


def current_load(*, actor: Actor) -> Load | None:
    """The load that figures are computed from; None before the first."""
    return loads(actor=actor).filter(state=LoadState.READY).first()
