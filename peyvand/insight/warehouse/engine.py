"""Parquet to expressions: a backend over the current files. Heavy: imported in children of the worker only."""

from __future__ import annotations

import os
import weakref

import ibis

from peyvand.insight.warehouse import place
from peyvand.insight.warehouse.feed import WarehouseDisagreesError, load

__all__ = ["WarehouseDisagreesError", "load", "open_warehouse", "place"]


def open_warehouse() -> ibis.BaseBackend | None:
    """A backend with one table a fact, over the files in use now, which stay as long as it does; None before the first
    load.
    """
    found = place.held()
    if found is None:
        return None
    folder, descriptor = found
    backend = ibis.duckdb.connect(threads=2, memory_limit="2GB")
    weakref.finalize(backend, os.close, descriptor)
    for table in sorted(path for path in folder.iterdir() if path.is_dir()):
        backend.read_parquet(str(table / "*.parquet"), table_name=table.name)
    return backend
