"""Many customers at once, by COPY; used by imports. One statement a table, so one trigger call a table."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from peyvand.memory.customers.keys import search_key_of, sort_key_of


@dataclass
class NewIdentity:
    """An identity with its key made; `place` is where it stood among those that were given."""

    kind: str
    system: str
    value: str
    key: str
    label: str = ""
    is_primary: bool = False
    place: int = 0


@dataclass
class NewCustomer:
    """A customer whose values are already checked and fit their columns."""

    kind: str
    name: str
    honorific: str = ""
    given_name: str = ""
    family_name: str = ""
    job_title: str = ""
    city: str = ""
    country: str = ""
    birth_date: date | None = None
    language: str = ""
    stage: str = ""
    source: str = ""
    note: str = ""
    owner_id: int | None = None
    team_id: int | None = None
    parent_id: int | None = None
    identities: list[NewIdentity] = field(default_factory=list)
    custom: dict[str, Any] = field(default_factory=dict)  # as foundation.fields.kinds keeps values
    cleared: list[str] = field(default_factory=list)  # columns that an import empties
    tags: list[str] = field(default_factory=list)
    tag_ids: list[int] = field(default_factory=list)


_COLUMNS = (
    "kind", "name", "honorific", "given_name", "family_name", "job_title", "city", "country", "birth_date", "language",
    "stage", "source", "note", "owner_id", "team_id", "parent_id",
)  # fmt: skip


def lock_codes(*, demo: bool) -> None:
    """Hold, until the transaction ends, the lock under which codes that belong to one customer only are given."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('customers.codes'), %s)", [int(demo)])


def insert_customers(*, demo: bool, rows: Sequence[NewCustomer]) -> list[int]:
    """Insert the customers with their identities and tags; gives their ids in the rows' order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('customers_customer', 'id')) FROM generate_series(1, %s)",
            [len(rows)],
        )
        ids = [pk for (pk,) in cursor.fetchall()]
        columns = ", ".join(("id", "demo", *_COLUMNS, "custom", "search_key", "sort_key"))
        with cursor.copy(f"COPY customers_customer ({columns}) FROM STDIN") as copy:
            for pk, row in zip(ids, rows, strict=True):
                values = [getattr(row, column) for column in _COLUMNS]
                copy.write_row(
                    (pk, demo, *values, json.dumps(row.custom), search_key_of(row.name), sort_key_of(row.name))
                )
        insert_identities(
            demo=demo,
            rows=[(pk, identity) for pk, row in zip(ids, rows, strict=True) for identity in row.identities],
        )
        insert_tags(rows=[(pk, tag) for pk, row in zip(ids, rows, strict=True) for tag in row.tag_ids])
    return ids


def insert_identities(*, demo: bool, rows: Sequence[tuple[int, NewIdentity]]) -> None:
    """Insert identities by customer id; each must be new to its customer."""
    if not rows:
        return
    columns = "demo, customer_id, kind, system, value, key, label, is_primary"
    with connection.cursor() as cursor, cursor.copy(f"COPY customers_identity ({columns}) FROM STDIN") as copy:
        for customer_id, row in rows:
            value, label = row.value[:254], row.label[:60]
            copy.write_row((demo, customer_id, row.kind, row.system[:40], value, row.key, label, row.is_primary))


def insert_tags(*, rows: Sequence[tuple[int, int]]) -> int:
    """Put tags on customers, pairs of customer and tag id; those who have the tag keep it. Gives how many were new."""
    if not rows:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO customers_customertag (customer_id, tag_id) "
            "SELECT * FROM unnest(%s::bigint[], %s::bigint[]) ON CONFLICT DO NOTHING",
            [[customer_id for customer_id, _tag in rows], [tag for _customer, tag in rows]],
        )
        return int(cursor.rowcount)
