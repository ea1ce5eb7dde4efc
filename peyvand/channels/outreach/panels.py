"""This room's pieces of a customer's page: why a message would reach them or not, and what was sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from peyvand.channels.outreach import access, queries, showing
from peyvand.channels.outreach.queries import NEWEST_FIRST, Chosen
from peyvand.foundation.registry.actor import Actor

LATEST = 20


def _sees(actor: Actor, customer: Any) -> bool:
    scope = access.message_scope(actor)
    return bool(scope) and (
        scope >= actor.scope("customers.view") or access.customers_within(actor).filter(pk=customer.pk).exists()
    )


def tab(actor: Actor, customer: Any, query: Mapping[str, str]) -> Mapping[str, Any] | None:
    """What the gate says now of each purpose and channel, and the latest messages."""
    if not _sees(actor, customer):
        return None
    forecast = queries.forecast(actor=actor, customer=customer)
    found = queries.messages(actor=actor, chosen=Chosen(customer_id=customer.pk)).order_by(*NEWEST_FIRST)[:LATEST]
    return {
        "customer": customer,
        "channels": forecast.channels,
        "rows": [
            (purpose, [showing.judged_option(forecast.options[purpose.key, one.name]) for one in forecast.channels])
            for purpose in forecast.purposes
        ],
        "messages": showing.rows(found, demo=actor.demo),
        "recipient": forecast.facts.recipients.get(customer.pk),
        "may_send": actor.may(access.SEND),
    }
