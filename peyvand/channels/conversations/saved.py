"""The reads of answers that are given often: by right, and filled for the conversation in which one is wanted."""

from __future__ import annotations

from collections.abc import Collection, Set
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from peyvand.channels.conversations import access
from peyvand.channels.conversations.access import SavedReplyQuerySet
from peyvand.channels.conversations.models import Conversation, SavedReply
from peyvand.channels.outreach.fields import LINKS, gathered
from peyvand.channels.outreach.merging import fields_of, merged
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.keys import fa_key
from peyvand.memory.customers.models import Customer

OFFERED = 8
MOST = 500
ORDER = ("shortcut", "name", "id")
NAMES = frozenset({"first_name", "last_name", "name", "polite_name", "business"})  # told to whoever talks with them


@dataclass(frozen=True)
class Offered:
    """A saved reply as it would be said in a conversation."""

    id: int
    name: str
    shortcut: str
    shared: bool
    text: str


def saved(*, actor: Actor, text: str = "") -> SavedReplyQuerySet:
    """Everybody's and the actor's own; `text` is looked for in shortcut, name and words."""
    actor.require(access.REPLY)
    found = SavedReply.objects.visible_to(actor)
    key = fa_key(text)
    return found.filter(search_key__contains=key) if key else found


def saved_get(*, actor: Actor, id: int) -> SavedReply:
    """One; SavedReply.DoesNotExist when there is none that the actor may read."""
    actor.require(access.REPLY)
    found: SavedReply = SavedReply.objects.visible_to(actor).get(pk=id)
    return found


def may_write(actor: Actor, reply: SavedReply) -> bool:
    """Whether the actor may change it."""
    return SavedReply.objects.writable_by(actor).filter(pk=reply.pk).exists()


def offered(*, actor: Actor, conversation: Conversation, text: str = "", most: int = OFFERED) -> list[Offered]:
    """Those that fit what was typed, shortcuts first, in the conversation's language and with its customer's words."""
    key = fa_key(text.lstrip("/"))
    found = saved(actor=actor)
    rows = list(found.filter(shortcut__startswith=key).order_by(*ORDER)[:most]) if key else []
    if len(rows) < most:
        rest: QuerySet[SavedReply] = found.exclude(pk__in=[one.pk for one in rows])
        if key:
            rest = rest.filter(Q(search_key__contains=key))
        rows += rest.order_by(*ORDER)[: most - len(rows)]
    language = conversation.language or "fa"
    return [
        Offered(one.pk, one.name, one.shortcut, one.shared, _filled(actor, conversation, one.text(language), language))
        for one in rows
    ]


def _filled(actor: Actor, conversation: Conversation, text: str, language: str) -> str:
    """The text with the customer's words, as far as the actor may see them; else its fields are filled on sending."""
    asked = fields_of(text)
    if not asked or conversation.customer_id is None or asked.intersection(LINKS):
        return text
    if not asked <= NAMES:
        seen = Customer.objects.visible_to(actor).filter(pk=conversation.customer_id).exists()
        if not seen or actor.hidden:
            return text
    values = gathered(asked, customer_ids=[conversation.customer_id], language=language)
    return merged(text, values[conversation.customer_id])


def unseen(actor: Actor, ids: Collection[int]) -> Set[int]:
    """Which of these are not for the actor: a colleague's own."""
    return set(ids) - set(SavedReply.objects.visible_to(actor).filter(pk__in=ids).values_list("pk", flat=True))
