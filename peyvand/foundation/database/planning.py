"""How PostgreSQL is to go about a question that looks at everybody."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def of_everybody() -> Iterator[None]:
    """Questions inside join by hashing or merging.

    Right after an import the statistics know nothing of the new rows: a loop over what is taken for one row and is a
    hundred thousand takes minutes.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_nestloop = off")
        yield
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_nestloop = on")
