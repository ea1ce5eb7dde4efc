"""What makes a business ask for consents."""

from __future__ import annotations

from peyvand.events.customers import CustomersCreated
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.consents.models import Purpose
from peyvand.memory.consents.services import purposes_ensure


def after_customers(event: CustomersCreated, *, event_id: int, actor: Actor) -> None:
    """With its first customers a business gets the starting purposes; what people have made of them stays."""
    if not Purpose.objects.filter(demo=event.demo).exists():
        purposes_ensure(demo=event.demo)
