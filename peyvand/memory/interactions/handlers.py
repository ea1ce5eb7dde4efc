"""What this room does when customers become known. Both are idempotent: they look at what is, not at what was said."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from peyvand.events.customers import CustomersChanged, CustomersCreated
from peyvand.foundation.registry.actor import Actor, system_actor
from peyvand.memory.interactions.services.joining import identities_follow


def customers_known(event: CustomersCreated | CustomersChanged, *, event_id: UUID | int, actor: Actor) -> None:
    """Identities came or went: anonymous history follows them."""
    fields: Any = getattr(event, "fields", ("identities",))
    if "identities" in fields:
        identities_follow(actor=system_actor(demo=event.demo), customer_ids=event.customer_ids)
