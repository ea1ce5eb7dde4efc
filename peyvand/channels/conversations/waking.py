"""How open inboxes hear that a conversation has moved, or that somebody came, types or left."""

from __future__ import annotations

from django.db import connection

CHANNEL = "peyvand_conversations"
PRESENT = "p"


def wake(conversation_id: int) -> None:
    """Tell every open inbox, once this is committed."""
    _notify(str(conversation_id))


def wake_present(conversation_id: int) -> None:
    """Tell those who look at it that somebody came, types or left, once this is committed."""
    _notify(f"{PRESENT}{conversation_id}")


def _notify(payload: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, payload])
