"""What a minute of a kind of contact costs us, from a day on."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.changes.services import change_set
from peyvand.foundation.money.amounts import Money
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.registry import registry
from peyvand.memory.interactions import access
from peyvand.memory.interactions.declarations import InteractionKind
from peyvand.memory.interactions.models import CostRate
from peyvand.memory.interactions.services.errors import InvalidError


def rate_save(*, actor: Actor, kind: str, since: date, minute: Money) -> CostRate:
    """From that day on a minute of this kind costs so much; the same day again replaces it, zero ends it.

    Raises NotAllowed and InvalidError.
    """
    actor.require(access.COSTS)
    if not registry.has(InteractionKind, kind):
        raise InvalidError({"kind": _("Choose a kind.")})
    if not 0 <= minute.minor < 10**15:
        raise InvalidError({"cost": _("Type the cost as a number, zero or more.")})
    label = registry.get(InteractionKind, kind).label
    with transaction.atomic(), change_set(actor=actor, kind="settings", title=gettext("Cost of a minute: %(kind)s") % {
        "kind": label
    }):  # fmt: skip
        made, _new = CostRate.objects.update_or_create(
            demo=actor.demo, kind=kind, since=since,
            defaults={"currency": minute.currency, "minor_per_minute": minute.minor},
        )  # fmt: skip
    return made


def rate_remove(*, actor: Actor, rate_id: int) -> int:
    """Forget a rate; gives the change set to undo. Raises NotAllowed and CostRate.DoesNotExist."""
    actor.require(access.COSTS)
    with transaction.atomic():
        found = CostRate.objects.select_for_update().get(pk=rate_id, demo=actor.demo)
        with change_set(actor=actor, kind="settings", title=gettext("Cost of a minute removed")) as made:
            found.delete()
    return made.pk
