"""What makes a business ask for consents."""

from __future__ import annotations

from peyvand.events.customers import CustomersCreated
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.consents.services import purposes_begin


def after_customers(event: CustomersCreated, *, event_id: int, actor: Actor) -> None:
    """With its first customers a business gets the starting purposes; what people have made of them stays."""
    purposes_begin(demo=event.demo)
