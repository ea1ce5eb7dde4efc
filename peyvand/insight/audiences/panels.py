"""The piece of audiences on a customer's page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from peyvand.foundation.registry.actor import Actor
from peyvand.insight.audiences import queries
from peyvand.memory.customers.models import Customer

MOST = 8


def customer(actor: Actor, customer: Customer, query: Mapping[str, str]) -> Mapping[str, Any] | None:
    """The audiences that somebody is in, each with what tells most of why."""
    found = queries.audiences_of(actor=actor, customer=customer)
    if not found:
        return None
    rows = [(one, queries.because(actor=actor, audience=one, customer=customer)) for one in found[:MOST]]
    return {"rows": rows, "more": max(0, len(found) - MOST), "customer": customer}
