"""Lines of a chat: numbered without gaps, told to the browsers after the commit."""

from __future__ import annotations

from typing import Any

from django.db.models.functions import Now

from peyvand.channels.webchat.models import Chat, Line
from peyvand.channels.webchat.waking import wake_chat


def chat_locked(**by: Any) -> Chat:
    """The chat, locked until the end of the transaction; Chat.DoesNotExist."""
    return Chat.objects.select_for_update(of=("self",)).select_related("visitor", "widget__site").get(**by)


def line_add(chat: Chat, kind: str, **values: Any) -> Line:
    """Add a line to a chat that is locked, and tell its browsers once this is committed."""
    chat.last_seq += 1
    chat.save(update_fields=["last_seq"])
    made = Line.objects.create(demo=chat.demo, chat=chat, seq=chat.last_seq, kind=kind, **{"at": Now(), **values})
    wake_chat(chat.visitor.key)
    return made
