"""This room's pieces of a customer's page: what is allowed at a glance, and the tab with the whole ledger."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from peyvand.foundation.registry.actor import Actor
from peyvand.memory.consents import access, queries, showing

LEDGER = 100  # lines on the tab


def may_edit(actor: Actor, customer: Any) -> bool:
    """Whether the actor may write this customer's word; mostly known without asking the database."""
    if not actor.may(access.EDIT):
        return False
    if access.consent_scope(actor, access.EDIT) >= actor.scope("customers.view"):
        return True
    return access.customers_within(actor, access.EDIT).filter(pk=customer.pk).exists()


def may_view(actor: Actor, customer: Any) -> bool:
    """Whether the actor may see this customer's consents."""
    scope = access.consent_scope(actor)
    return bool(scope) and (
        scope >= actor.scope("customers.view") or access.customers_within(actor).filter(pk=customer.pk).exists()
    )


def glance(actor: Actor, customer: Any, query: Mapping[str, str]) -> Mapping[str, Any] | None:
    """Each purpose with the channels over which it is allowed."""
    if query.get("tab") == "consents.ledger" or not may_view(actor, customer):
        return None  # beside its tab it would say the same twice
    states = queries.states_of(actor=actor, customer_id=customer.pk)
    rows = showing.matrix(queries.purposes(actor=actor), states)
    return {"customer": customer, "rows": rows, "may_edit": may_edit(actor, customer)} if rows else None


def tab(actor: Actor, customer: Any, query: Mapping[str, str]) -> Mapping[str, Any] | None:
    """The matrix of purposes and channels, and every line behind it."""
    if not may_view(actor, customer):
        return None
    found = list(queries.entries_of(actor=actor, customer_id=customer.pk)[: LEDGER + 1])
    states = queries.states_of(actor=actor, customer_id=customer.pk)
    return {
        "customer": customer,
        "channels": queries.channels(),
        "rows": showing.matrix(queries.purposes(actor=actor), states),
        "lines": showing.lines(found[:LEDGER]),
        "more": len(found) > LEDGER,
        "may_export": actor.may(access.EXPORT),
        "may_edit": may_edit(actor, customer),
    }
