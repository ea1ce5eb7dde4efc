"""What the verbs of this room have in common: the row they may change, and saying that it changed."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import F
from django.utils import timezone

from peyvand.foundation.registry.actor import Actor
from peyvand.memory.customers import access
from peyvand.memory.customers.models import Customer


def editable(*, actor: Actor, customer_id: int) -> Customer:
    """The customer, locked, if the actor may change it; Customer.DoesNotExist otherwise."""
    return Customer.objects.visible_to(actor, access.EDIT).select_for_update(of=("self",)).get(pk=customer_id)


def touch(customer_ids: Collection[int]) -> None:
    """Count a change of what hangs on these customers as a change of them."""
    Customer.objects.filter(pk__in=customer_ids).update(version=F("version") + 1, updated_at=timezone.now())
