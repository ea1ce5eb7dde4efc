"""Whose an address is that somebody erased had."""

from __future__ import annotations

from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.mentions import Mentioned
from peyvand.memory.customers.models import Identity


def theirs_alone(actor: Actor, somebody: Mentioned) -> list[str]:
    """The addresses of somebody whose identities are gone already that nobody else has, as a family has a telephone."""
    others = Identity.objects.filter(demo=actor.demo, key__in=somebody.addresses).exclude(customer_id__in=somebody.ids)
    return sorted({*somebody.addresses} - {*others.values_list("key", flat=True)})
