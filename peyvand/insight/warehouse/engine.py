"""Parquet to expressions: a backend over the current files. Heavy: imported in children of the worker only."""

from __future__ import annotations

import os
import weakref
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from shutil import which

import ibis
from django.conf import settings
from django.utils.translation import gettext

from peyvand.foundation.jobs.running import JobFailedError
from peyvand.insight.warehouse import place
from peyvand.insight.warehouse.feed import WarehouseDisagreesError, load

__all__ = ["WarehouseDisagreesError", "load", "open_warehouse", "place"]


def open_warehouse() -> ibis.BaseBackend | None:
    """A backend with one table a fact, over the files in use now, which stay as long as it does; None before the first
    load.

    DuckDB here, or the Spark cluster that PEYVAND_ENGINE names (spark://host:port; its workers must see the data folder
    under the same path). JobFailedError, in a sentence, where that cluster cannot be used.
    """
    found = place.held()
    if found is None:
        return None
    folder, descriptor = found
    try:
        backend = _backend(settings.ENGINE)
    except BaseException:
        os.close(descriptor)
        raise
    weakref.finalize(backend, os.close, descriptor)
    for table in tables_of(folder):
        backend.read_parquet(str(table / "*.parquet"), table_name=table.name)
    return backend


def tables_of(folder: Path) -> list[Path]:
    """The folder of each table of a load."""
    return sorted(path for path in folder.iterdir() if path.is_dir())


def _backend(engine: str) -> ibis.BaseBackend:
    if not engine:
        return ibis.duckdb.connect(threads=2, memory_limit="2GB")
    if not engine.startswith(("spark://", "local[")):
        raise JobFailedError(gettext("PEYVAND_ENGINE must be empty or a Spark master, such as spark://host:7077."))
    if find_spec("pyspark") is None or not (which("java") or os.environ.get("JAVA_HOME")):
        raise JobFailedError(
            gettext("PEYVAND_ENGINE names a Spark cluster, but pyspark or Java is not installed here.")
        )
    backend: ibis.BaseBackend = import_module("peyvand.insight.warehouse.spark").connected(engine)
    return backend
