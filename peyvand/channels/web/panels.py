"""This room's pieces of other screens: a customer's page, and the side of a conversation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from peyvand.channels.web import queries, showing
from peyvand.foundation.registry.actor import Actor

LATEST = 20
BESIDE = 2
WEBCHAT = "webchat"


def tab(actor: Actor, customer: Any, query: Mapping[str, str]) -> Mapping[str, Any] | None:
    """The customer's browsers and their last visits; nothing where there is no browser of theirs."""
    browsers = queries.browsers_of(actor=actor, customer_id=customer.pk)
    if not browsers:
        return None
    visits = queries.visits_of([one.pk for one in browsers], most=LATEST)
    return {
        "browsers": [(one, showing.proof_of(one)) for one in browsers],
        "visits": [showing.shown(one) for one in visits],
    }


def side(actor: Actor, conversation: Any, query: Mapping[str, str]) -> Mapping[str, Any] | None:
    """What the one whom one talks with looks at: the visitor of a chat on the site, else the customer's browsers."""
    visitor = None
    if conversation.channel == WEBCHAT and len(conversation.address) <= 26:
        visitor = queries.visitor_by_key(actor=actor, key=conversation.address)
    browsers = [visitor] if visitor is not None else []
    if not browsers and conversation.customer_id is not None:
        browsers = queries.browsers_of(actor=actor, customer_id=conversation.customer_id)
    visits = queries.visits_of([one.pk for one in browsers], most=BESIDE) if browsers else []
    if not visits:
        return None
    return {"visits": [showing.shown(one) for one in visits], "visitor": browsers[0]}
