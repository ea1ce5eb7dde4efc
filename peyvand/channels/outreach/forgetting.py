"""Somebody erased, in what was said to them by name, and in messages to their addresses that were nobody's."""

from __future__ import annotations

import hashlib

from peyvand.channels.outreach.models import Content, Message
from peyvand.foundation.changes.forgetting import forgotten, speaking_of
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.mentions import GONE, Mentioned
from peyvand.memory.customers.forgetting import theirs_alone


def forget(actor: Actor, somebody: Mentioned) -> int:
    """Take them out of texts that were written to one person, and out of the ledger what stands under their address."""
    return _texts(actor, somebody) + _ledger(actor, somebody)


def _texts(actor: Actor, somebody: Mentioned) -> int:
    """The content stays the one of its messages; that it was another is told by its digest, which is of nothing now."""
    named = speaking_of(somebody, table=Content._meta.db_table, columns=("title", "texts"), demo=actor.demo)
    ids = [pk for pk, _texts_of in named]
    for content in Content.objects.filter(pk__in=ids):
        content.title, content.texts = str(forgotten(content.title, somebody)), forgotten(content.texts, somebody)
        content.digest = hashlib.sha256(f"erased:{content.pk}".encode()).hexdigest()
        content.save(update_fields=["title", "texts", "digest"])
    return len(ids)


def _ledger(actor: Actor, somebody: Mentioned) -> int:
    found = Message.objects.filter(demo=actor.demo, customer=None, address_key__in=theirs_alone(actor, somebody))
    return found.update(address=GONE, address_key="", values={}, merged={}, said="", files=[], thread={}, verdict=[])
