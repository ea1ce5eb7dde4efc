"""What this room does when identities come and go. It looks at what is, so twice is once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from peyvand.channels.sites.services import identities_followed
from peyvand.events.customers import CustomersChanged, CustomersCreated, CustomersDeleted
from peyvand.foundation.registry.actor import Actor


def customers_changed(
    event: CustomersCreated | CustomersChanged | CustomersDeleted, *, event_id: UUID | int, actor: Actor
) -> None:
    """Visitors follow the identity of their key."""
    fields: Any = getattr(event, "fields", ("identities",))
    if "identities" in fields:
        identities_followed(demo=event.demo, customer_ids=event.customer_ids)
