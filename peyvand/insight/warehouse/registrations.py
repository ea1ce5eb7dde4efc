"""What this room declares to the registry."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.jobs.declarations import Standing
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import ImpersonalTable, Trace
from peyvand.foundation.text.mentions import Mentioned
from peyvand.insight.warehouse import place, standing


def _forget(actor: Actor, somebody: Mentioned) -> int:
    """Facts name nobody, but a row of them may tell a birthday and a city: the next load leaves none behind."""
    transaction.on_commit(place.forget)
    return 0


DECLARATIONS = (
    ImpersonalTable("warehouse_load", "when facts were moved, and their sums"),
    Standing("warehouse.feed", standing.stand),
    Trace("warehouse", _("Files of the warehouse"), _forget, order=80),
)
