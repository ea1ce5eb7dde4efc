"""Somebody erased, in conversations from before anybody knew that it was them."""

from __future__ import annotations

from peyvand.channels.conversations.models import Conversation, Entry, EntryFile
from peyvand.foundation.changes.services import images_erase
from peyvand.foundation.files import services as files
from peyvand.foundation.registry.actor import Actor, system_actor
from peyvand.foundation.text.mentions import Mentioned
from peyvand.memory.customers.forgetting import theirs_alone


def forget(actor: Actor, somebody: Mentioned) -> int:
    """Delete the conversations that are nobody's yet and under an address that was theirs alone, with their files."""
    found = Conversation.objects.filter(demo=actor.demo, customer=None, address__in=theirs_alone(actor, somebody))
    ids = list(found.values_list("pk", flat=True))
    if not ids:
        return 0
    held = set(EntryFile.objects.filter(entry__conversation_id__in=ids).values_list("file_id", flat=True))
    raw = Entry.objects.filter(conversation_id__in=ids, raw_file__isnull=False).values_list("raw_file_id", flat=True)
    held.update(one for one in raw if one is not None)
    Conversation.objects.filter(pk__in=ids).delete()
    for file_id in sorted(held):
        files.discard(actor=system_actor(demo=actor.demo), id=file_id)
    images_erase(actor=actor, rows={Conversation._meta.db_table: ids})
    return len(ids)
