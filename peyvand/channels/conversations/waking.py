"""How open inboxes hear that a conversation has moved."""

from __future__ import annotations

from django.db import connection

CHANNEL = "peyvand_conversations"


def wake(conversation_id: int) -> None:
    """Tell every open inbox, once this is committed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, str(conversation_id)])
