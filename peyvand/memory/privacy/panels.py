"""The way from a customer's page to everything that is known of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from peyvand.foundation.registry.actor import Actor
from peyvand.memory.customers.models import Customer
from peyvand.memory.privacy import access


def link(actor: Actor, customer: Customer, query: Mapping[str, str]) -> Mapping[str, Any] | None:
    """A link, for those who may give out or erase people; organisations have no personal data page."""
    allowed = actor.may(access.EXPORT) or actor.may(access.ERASE)
    return {"customer": customer} if allowed and not customer.is_organisation else None
