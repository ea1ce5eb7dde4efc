"""This room's pieces of other screens: a customer's page, home, the palette."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse

from peyvand.channels.conversations import access, queries, saved, showing
from peyvand.channels.conversations.queries import ALL, MINE, NEWEST_FIRST, Chosen
from peyvand.channels.outreach import access as outreach_access
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Hit

LATEST = 20
AT_HOME = 6


def tab(actor: Actor, customer: Any, query: Mapping[str, str]) -> Mapping[str, Any] | None:
    """The customer's conversations that the actor may read, and the way to write to them."""
    found = queries.of_customer(actor=actor, customer_id=customer.pk)[:LATEST]
    writes = actor.may(outreach_access.VIEW) and actor.may(outreach_access.SEND)
    within = writes and outreach_access.customers_within(actor, outreach_access.SEND).filter(pk=customer.pk).exists()
    return {"customer": customer, "rows": showing.rows(found, actor=actor), "write": within}


def home(actor: Actor, subject: Any, query: Mapping[str, str]) -> Mapping[str, Any] | None:
    """Customers who wait for the actor's answer, the longest first; nothing where nobody does."""
    found = queries.conversations(actor=actor, chosen=Chosen(view=MINE, waiting=True))
    rows = showing.rows(found.order_by("waiting_since", "id")[:AT_HOME], actor=actor)
    return {"rows": rows} if rows else None


def hits(actor: Actor, text: str, limit: int) -> Sequence[Hit]:
    """Conversations by names and by what was said."""
    if not actor.may(access.VIEW) or len(text.strip()) < 2:
        return []
    found = queries.conversations(actor=actor, chosen=Chosen(view=ALL, text=text)).order_by(*NEWEST_FIRST)[:limit]
    return [
        Hit(
            title=showing.name_of(one, actor=actor), subtitle=one.preview[:80],
            icon=showing.channel_of(one.channel)[1], url=reverse("conversations:one", args=[one.pk]),
        )
        for one in found
    ]  # fmt: skip


def saved_hits(actor: Actor, text: str, limit: int) -> Sequence[Hit]:
    """Saved replies by shortcut, name and words."""
    if not actor.may(access.REPLY) or len(text.strip()) < 2:
        return []
    return [
        Hit(
            title=one.name, subtitle=one.text(actor.language)[:80], icon="bolt",
            url=reverse("conversations:reply-one", args=[one.pk]),
        )
        for one in saved.saved(actor=actor, text=text).order_by(*saved.ORDER)[:limit]
    ]  # fmt: skip
