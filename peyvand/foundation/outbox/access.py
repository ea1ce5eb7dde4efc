"""Who sees what did not arrive, and who decides on it."""

from __future__ import annotations

from django.db.models import QuerySet

from peyvand.foundation.outbox.models import Failure
from peyvand.foundation.registry.actor import Actor

VIEW, RETRY = "outbox.view", "outbox.retry"


def visible_failures(*, actor: Actor) -> QuerySet[Failure]:
    """Failures of the business one looks at; NotAllowed without "outbox.view"."""
    actor.require(VIEW)
    return Failure.objects.filter(event__demo=actor.demo).select_related("event")
