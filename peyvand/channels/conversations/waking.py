"""How open inboxes hear that a conversation has moved, or that somebody came, types or left."""

from __future__ import annotations

from django.db import connection

CHANNEL = "peyvand_conversations"
PRESENT = "p"
TYPES, STOPS = "t", "s"  # the other side
READ = "r"


def wake(conversation_id: int) -> None:
    """Tell every open inbox, once this is committed."""
    _notify(str(conversation_id))


def wake_present(conversation_id: int) -> None:
    """Tell those who look at it that somebody came, types or left, once this is committed."""
    _notify(f"{PRESENT}{conversation_id}")


def wake_typing(conversation_id: int, *, typing: bool) -> None:
    """Tell those who look at it that the other side writes, or stopped; it is kept nowhere."""
    _notify(f"{TYPES if typing else STOPS}{conversation_id}")


def wake_read(conversation_id: int) -> None:
    """Tell the channel that somebody of ours has read it so far."""
    _notify(f"{READ}{conversation_id}")


def _notify(payload: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, payload])
