"""How the dispatchers hear that there is something to do."""

from __future__ import annotations

from django.db import connection

CHANNEL = "peyvand_outreach"


def wake() -> None:
    """Let the dispatchers look, once this is committed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])
