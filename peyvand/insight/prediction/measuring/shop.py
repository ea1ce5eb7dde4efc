"""What is known of the shop that `peyvand bench insight` measures."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import connection

END = datetime(2026, 11, 1, 9, tzinfo=UTC)  # of the last order
CURRENCY = "IRR"


def change(count: int) -> int:
    """Evenly spaced orders are delivered, as a program of somebody else's would note it; how many there were."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE commerce_order SET status = 'delivered', delivered_at = now() "
            "WHERE id IN (SELECT 1 + n * greatest(1, (SELECT max(id) FROM commerce_order) / %s) "
            "FROM generate_series(0, %s - 1) n)",
            [count, count],
        )
        return int(cursor.rowcount)
