"""Facts from PostgreSQL to Parquet, and Parquet to expressions. Heavy: imported in children of the worker only.

Every fact is streamed by ADBC inside one repeatable-read transaction, so that all facts tell of the same moment. A
column of type numeric travels as text and is stored as DECIMAL(38, 10), since Arrow has no type for it; a moment `x`
(timestamptz) gets a companion `x_day`, its date in the workspace's time zone. Control sums (rows, and the sum of every
numeric or bigint column that is not a key) are taken from the source in that same transaction and compared with what
the files hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pyarrow as pa
import pyarrow.parquet as pq
from adbc_driver_postgresql import dbapi
from django.db import connection
from django.utils import timezone
from psycopg.conninfo import make_conninfo

from peyvand.foundation.accounts import settings as workspace_settings
from peyvand.foundation.calendar.calendars import CalendarKind, month_index
from peyvand.foundation.jobs.running import Running
from peyvand.foundation.registry.declarations import WarehouseFact
from peyvand.foundation.registry.registry import registry
from peyvand.insight.warehouse import place
from peyvand.insight.warehouse.models import Load, LoadState

NUMERIC, BIGINT, INTEGER, SMALLINT, MOMENT = 1700, 20, 23, 21, 1184  # PostgreSQL's type oids
SCALE = 10  # decimals of a numeric column; finer ones are rounded half away from zero by PostgreSQL
FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2060, 12, 31)


class WarehouseDisagreesError(RuntimeError):
    """The files do not hold what the source held in the same transaction; the load before stays in use."""


@dataclass(frozen=True)
class Column:
    """A column of a fact as the source describes it."""

    name: str
    oid: int

    @property
    def summed(self) -> bool:
        """Whether a control sum is taken."""
        return self.oid in {NUMERIC, BIGINT} and self.name != "id" and not self.name.endswith("_id")


def columns_of(fact: WarehouseFact) -> list[Column]:
    """The fact's columns, asked of PostgreSQL without reading a row."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({fact.select}) AS fact LIMIT 0")
        return [Column(name=found.name, oid=found.type_code) for found in cursor.description]


def load(run: Running) -> Load:
    """Load every declared fact and switch readers to it; on any failure the load before stays in use."""
    tz = workspace_settings.text("time_zone")
    row = Load.objects.create(time_zone=tz)
    try:
        folder = place.made(row.pk)
        row.fresh_until, row.facts = _load_facts(run=run, folder=folder, tz=tz)
        if not row.reconciled:
            raise WarehouseDisagreesError(str(row.facts))
        _write_dates(folder)
    except BaseException as problem:
        row.state, row.error, row.finished_at = LoadState.FAILED, str(problem)[:2000], timezone.now()
        row.save()
        raise
    row.state, row.finished_at = LoadState.READY, timezone.now()
    row.save()
    place.switch(row.pk, fresh=row.fresh_until)
    return row


def _address() -> str:
    """The address of Django's own connection, as libpq reads it."""
    parameters = connection.get_connection_params()
    known = {name: parameters[name] for name in ("dbname", "user", "password", "host", "port") if parameters.get(name)}
    return make_conninfo(**known)


def _load_facts(*, run: Running, folder: Path, tz: str) -> tuple[datetime, dict[str, Any]]:
    facts = registry.all(WarehouseFact)
    shapes = {fact.name: columns_of(fact) for fact in facts}
    found: dict[str, Any] = {}
    with dbapi.connect(_address()) as source, source.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT extract(epoch FROM now())::double precision")
        fresh = datetime.fromtimestamp(cursor.fetchone()[0], tz=UTC)
        for number, fact in enumerate(facts):
            run.check()
            run.progress(number, len(facts) + 1)
            found[fact.name] = _load_fact(cursor=cursor, fact=fact, columns=shapes[fact.name], folder=folder, tz=tz)
        source.rollback()
    return fresh, found


def _load_fact(*, cursor: Any, fact: WarehouseFact, columns: list[Column], folder: Path, tz: str) -> dict[str, Any]:
    zone = tz.replace("'", "")
    parts = []
    for column in columns:
        name = f'fact."{column.name}"'
        parts.append(f'round({name}, {SCALE})::text AS "{column.name}"' if column.oid == NUMERIC else name)
        if column.oid == MOMENT:
            parts.append(f"({name} AT TIME ZONE '{zone}')::date AS \"{column.name}_day\"")
    summed = [column.name for column in columns if column.summed]
    sums = ", ".join(["count(*)::text", *(f'coalesce(sum(round("{name}", {SCALE})), 0)::text' for name in summed)])
    cursor.execute(f"SELECT {sums} FROM ({fact.select}) AS fact")
    source = [Decimal(text) for text in cursor.fetchone()]
    path = folder / f"{fact.name}.parquet"
    cursor.execute(f"SELECT {', '.join(parts)} FROM ({fact.select}) AS fact")
    exact = [column.name for column in columns if column.oid == NUMERIC]
    _write(cursor.fetch_record_batch(), path=path, exact=exact)
    loaded = _sums(path, summed)
    pairs = dict(zip(["rows", *summed], zip(map(_plain, source), map(_plain, loaded), strict=True), strict=True))
    return {
        "rows": int(loaded[0]),
        "bytes": path.stat().st_size,
        "sums": {name: list(pair) for name, pair in pairs.items()},
    }


def _plain(number: Decimal) -> str:
    return format(number.quantize(Decimal(1).scaleb(-SCALE)), "f")


def _write(reader: pa.RecordBatchReader, *, path: Path, exact: list[str]) -> None:
    """Stream the batches into the file; texts of numeric columns become decimals on the way."""
    schema = pa.schema(
        [field.with_type(pa.decimal128(38, SCALE)) if field.name in exact else field for field in reader.schema]
    )
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in reader:
            writer.write_table(pa.Table.from_batches([batch]).cast(schema))


def _sums(path: Path, summed: list[str]) -> list[Decimal]:
    parts = ", ".join(["count(*)::VARCHAR", *(f'coalesce(sum("{name}"), 0)::VARCHAR' for name in summed)])
    with duckdb.connect() as own:
        row = own.execute(f"SELECT {parts} FROM read_parquet(?)", [str(path)]).fetchone()
    return [Decimal(text) for text in row or ()]


def _write_dates(folder: Path) -> None:
    """Every day with its month in both calendars, counted from year 0, so that months subtract."""
    days = [FIRST_DAY + timedelta(days=n) for n in range((LAST_DAY - FIRST_DAY).days + 1)]
    table = pa.table(
        {
            "day": pa.array(days, pa.date32()),
            "jalali": pa.array([month_index(day, CalendarKind.JALALI) for day in days], pa.int32()),
            "gregorian": pa.array([month_index(day, CalendarKind.GREGORIAN) for day in days], pa.int32()),
        }
    )
    pq.write_table(table, folder / "dates.parquet", compression="zstd")


def open_warehouse() -> ibis.BaseBackend | None:
    """A backend with one table a fact, over the current files; None before the first load."""
    folder = place.current()
    if folder is None:
        return None
    backend = ibis.duckdb.connect(threads=2, memory_limit="2GB")
    for path in sorted(folder.glob("*.parquet")):
        backend.read_parquet(path, table_name=path.stem)
    return backend
