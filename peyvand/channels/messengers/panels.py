"""This room's piece of a customer's page: the way to join a chat to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from peyvand.channels.messengers import queries
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.customers.access import EDIT
from peyvand.memory.customers.models import Customer


def link(actor: Actor, customer: Any, query: Mapping[str, str]) -> Mapping[str, Any] | None:
    """A button that makes a code, where there is a bot to say it to and one may change the customer."""
    if not queries.linkable(demo=actor.demo):
        return None
    if not Customer.objects.visible_to(actor, EDIT).filter(pk=customer.pk).exists():
        return None
    return {"customer": customer}
