"""This room's pieces of a customer's page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from peyvand.foundation.registry.actor import Actor
from peyvand.memory.customers.models import Customer
from peyvand.memory.matching import queries, showing


def maybe(actor: Actor, customer: Customer, query: Mapping[str, str]) -> Mapping[str, Any] | None:
    """Who might be the same."""
    found = queries.pairs_of(actor=actor, customer_id=customer.pk)
    if not found:
        return None
    others = [(pair.b if pair.a_id == customer.pk else pair.a, showing.words(pair.reasons)[:2]) for pair in found]
    return {"customer": customer, "others": others}


def merged(actor: Actor, customer: Customer, query: Mapping[str, str]) -> Mapping[str, Any] | None:
    """Who went into this record, with the way back."""
    found = queries.merged_here(actor=actor, customer_id=customer.pk)
    return {"customer": customer, "merged": found} if found else None
