"""The room's part of the sample business."""

from __future__ import annotations

from django.db import connection

from peyvand.foundation.registry.actor import Actor


def sample_remove(actor: Actor) -> int:
    """Remove the pairs, merges and figures of the sample business; gives how many rows went."""
    removed = 0
    with connection.cursor() as cursor:
        for table in ("matching_pair", "matching_redirect", "matching_quality"):
            cursor.execute(f"DELETE FROM {table} WHERE demo")
            removed += cursor.rowcount
    return removed
