"""How the processes of the public site hear that something moved for a visitor or in a room."""

from __future__ import annotations

from django.db import connection

CHANNEL = "peyvand_webchat"
CHAT, ROOM = "c", "r"


def wake_chat(visitor_key: str) -> None:
    """There is something new for this visitor, once this is committed."""
    _notify(f"{CHAT}{visitor_key}")


def wake_room(room_id: int) -> None:
    """Something moved in this room, once this is committed."""
    _notify(f"{ROOM}{room_id}")


def _notify(payload: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, payload])
