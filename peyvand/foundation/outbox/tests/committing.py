"""A connection whose commits are real, for tests that need several transactions at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connections


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
