"""The reads of pairs and merges, by right."""

from __future__ import annotations

from peyvand.foundation.registry.actor import Actor
from peyvand.memory.customers.models import Customer
from peyvand.memory.matching.models import Redirect


def merged_into(actor: Actor, customer_id: int) -> int | None:
    """Where a merged record went, if the actor may see that one."""
    found = Redirect.objects.filter(gone_id=customer_id, kept__in=Customer.objects.visible_to(actor))
    return found.values_list("kept_id", flat=True).first()
