"""Somebody erased, in what was said to them by name, and in messages to their addresses that were nobody's."""

from __future__ import annotations

import hashlib
from collections.abc import Collection

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from peyvand.channels.outreach.dispatching.linked import UNTRACKED
from peyvand.channels.outreach.models import Content, Link, Message
from peyvand.foundation.changes.forgetting import forget_in, forgotten, speaking_of
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.mentions import GONE, Mentioned
from peyvand.memory.customers.forgetting import theirs_alone


def forget(actor: Actor, somebody: Mentioned) -> int:
    """Take them out of texts that were written to one person, and out of the ledger what stands under their address."""
    return _texts(actor, somebody) + _ledger(actor, somebody)


def _texts(actor: Actor, somebody: Mentioned) -> int:
    """What was written to nobody else goes whole, of the rest what names them. The content stays the one of its
    messages; that it was another is told by its digest, which is of nothing now.
    """
    theirs = set(_to_nobody_left(actor).values_list("pk", flat=True))
    named = speaking_of(somebody, table=Content._meta.db_table, columns=("title", "texts"), demo=actor.demo)
    ids = theirs | {pk for pk, _texts_of in named}
    for content in Content.objects.filter(pk__in=ids):
        if content.pk in theirs:
            content.title, content.texts = GONE, {key: {"form": "text", "body": GONE} for key in content.texts}
        else:
            content.title, content.texts = str(forgotten(content.title, somebody)), forgotten(content.texts, somebody)
        content.digest = hashlib.sha256(f"erased:{content.pk}".encode()).hexdigest()
        content.save(update_fields=["title", "texts", "digest"])
    return len(ids) + _links(actor, somebody, theirs)


def _links(actor: Actor, somebody: Mentioned, theirs: Collection[int]) -> int:
    """Links of what was written to nobody else go with their clicks, of the others what names somebody."""
    with connection.cursor() as cursor:
        cursor.execute(UNTRACKED)
    gone, _by_table = Link.objects.filter(content_id__in=list(theirs)).delete()
    return gone + forget_in(somebody, table=Link._meta.db_table, texts=("title", "target"), demo=actor.demo)


def _to_nobody_left(actor: Actor) -> QuerySet[Content]:
    """Contents written by hand whose messages are all of people who were erased."""
    messages = Message.objects.filter(content=OuterRef("pk"))
    erased = messages.filter(customer=None, dedupe_key__startswith="erased:")
    others = messages.exclude(customer=None, dedupe_key__startswith="erased:")
    written = Content.objects.filter(demo=actor.demo, template=None).exclude(title=GONE)
    return written.filter(Exists(erased)).exclude(Exists(others))


def _ledger(actor: Actor, somebody: Mentioned) -> int:
    found = Message.objects.filter(demo=actor.demo, customer=None, address_key__in=theirs_alone(actor, somebody))
    return found.update(address=GONE, address_key="", values={}, merged={}, said="", files=[], thread={}, verdict=[])
