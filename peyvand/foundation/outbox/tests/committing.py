"""A connection whose commits are real, for tests that need several transactions at once."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connections

# Transaction ids belong to the whole cluster: an open transaction of another database, where another process of the
# test run is at work, holds our events back as one of our own would.
_HELD_BY_OTHERS = """
SELECT EXISTS (
  SELECT 1 FROM pg_stat_activity
  WHERE datname <> current_database() AND backend_xid IS NOT NULL
    AND age(backend_xid) >= (SELECT age(xid::xid) FROM {table} ORDER BY xid DESC LIMIT 1)
)
"""
PATIENCE = 240  # seconds


@contextmanager
def really_committing(*tables: str) -> Iterator[None]:
    """Beside the test's own transaction (it must have the `db` fixture); these tables are emptied afterwards."""
    kept = connections["default"]
    connections["default"] = connections.create_connection("default")
    try:
        yield
        _empty(tables)
    finally:
        connections["default"].close()
        connections["default"] = kept


def _empty(tables: Sequence[str]) -> None:
    with connections["default"].cursor() as cursor:
        for table in tables:
            cursor.execute(f"DELETE FROM {table}")


def undisturbed(table: str = "outbox_event") -> None:
    """Wait until no other database of the cluster holds back what was published here, or written to that table.

    Outside of transactions only: within one, PostgreSQL shows who is at work as it was at the first look.
    """
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with connections["default"].cursor() as cursor:
            cursor.execute(_HELD_BY_OTHERS.format(table=table))
            if not cursor.fetchone()[0]:
                return
        time.sleep(0.05)
    raise AssertionError("another database of the cluster has kept a transaction open all the while")
