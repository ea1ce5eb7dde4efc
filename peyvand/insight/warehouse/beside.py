"""Connections beside another, which see what its transaction sees. Heavy (ADBC): imported in children only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from adbc_driver_postgresql import dbapi

from peyvand.foundation.database.address import libpq_address


def exported(cursor: Any) -> str:
    """The snapshot of the cursor's transaction, by the name under which others may see it while that is open."""
    cursor.execute("SELECT pg_export_snapshot()")
    return str(cursor.fetchone()[0])


@contextmanager
def beside(snapshot: str) -> Iterator[Any]:
    """A cursor of ADBC, of a connection of its own in that snapshot."""
    with dbapi.connect(libpq_address()) as source, source.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute(f"SET TRANSACTION SNAPSHOT '{snapshot}'")
        yield cursor
