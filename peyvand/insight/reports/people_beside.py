"""Traits and members as tables beside the warehouse, read from the database by the child. Heavy: pyarrow, Ibis."""

from __future__ import annotations

from typing import Any

import ibis
import pyarrow as pa
from django.db import connection

_KEPT = "people_beside"
_TRAIT = """SELECT customer_id, {value} FROM customers_trait WHERE name = %s AND demo = %s"""
_SAYS = {"text": "text", "yes": "(number > 0 OR text = 'true')::text"}
_MEMBERS = {
    "audience": "SELECT customer_id, '' FROM customers_inaudience WHERE audience = %s",
    "snapshot": "SELECT customer_id, '' FROM audiences_snapshotmember WHERE snapshot_id = %s",
}


def side(backend: Any, spec: dict[str, Any]) -> Any:
    """A table of __who (the customer's id) and __value (text; of members empty), kept on the backend for its slot."""
    known: dict[str, tuple[Any, Any]] = backend.__dict__.setdefault(_KEPT, {})
    told = str(spec.get("id", spec.get("name", ""))).replace(".", "_")
    name = f"beside_{spec['kind']}_{told}_{int(spec['demo'])}"
    if name not in known or known[name][0] != spec["slot"]:
        rows = _rows(spec)
        table = pa.table(
            {
                "__who": pa.array([row[0] for row in rows], pa.int64()),
                "__value": pa.array([row[1] for row in rows], pa.string()),
            }
        )
        known[name] = (spec["slot"], ibis.memtable(table))
    return known[name][1]


def _rows(spec: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        if spec["kind"] == "trait":
            value = _SAYS["text" if spec["text"] else "yes"]
            cursor.execute(_TRAIT.format(value=value), [spec["name"], spec["demo"]])
        else:
            cursor.execute(_MEMBERS[spec["kind"]], [spec["id"]])
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
