"""What stays on top of a customer's history."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.accounts.models import User
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.formats import number
from peyvand.memory.customers.models import Customer
from peyvand.memory.interactions.models import Interaction
from peyvand.memory.interactions.queries import PINS
from peyvand.memory.interactions.services.correcting import editable
from peyvand.memory.interactions.services.errors import InvalidError


def interaction_pin(*, actor: Actor, interaction_id: int) -> Interaction:
    """Put an interaction of any kind on top of its customer's history; pinning it again changes nothing.

    Raises NotAllowed, Interaction.DoesNotExist, and InvalidError when PINS are there already.
    """
    with transaction.atomic():
        found = editable(actor=actor, interaction_id=interaction_id, kinds=())
        if found.customer_id is None:
            raise InvalidError({"": _("Only what is known to be a customer's can be pinned.")})
        if found.pinned_at is not None:
            return found
        Customer.objects.select_for_update(no_key=True).get(pk=found.customer_id)  # two at once are counted right
        pins = Interaction.objects.filter(customer_id=found.customer_id, pinned_at__isnull=False).count()
        if pins >= PINS:
            text = gettext("%(n)s are pinned already; take one off first.") % {"n": number(PINS)}
            raise InvalidError({"": text})
        with change_set(actor=actor, kind="edit", title=gettext("Pinned to the top")):
            found.pinned_at = timezone.now()
            found.pinned_by = None if actor.user_id is None else User.objects.filter(pk=actor.user_id).first()
            found.save(update_fields=["pinned_at", "pinned_by"])
    return found


def interaction_unpin(*, actor: Actor, interaction_id: int) -> Interaction:
    """Let it go back to its place. Raises NotAllowed and Interaction.DoesNotExist."""
    with transaction.atomic():
        found = editable(actor=actor, interaction_id=interaction_id, kinds=())
        if found.pinned_at is None:
            return found
        with change_set(actor=actor, kind="edit", title=gettext("Taken off the top")):
            found.pinned_at = found.pinned_by = None
            found.save(update_fields=["pinned_at", "pinned_by"])
    return found
