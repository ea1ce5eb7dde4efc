"""Facts from PostgreSQL to Parquet, by change. Heavy: imported in children of the worker only.

A load stands in one repeatable-read transaction T. It sees the notes of `watching` that were committed before T began,
reads the rows they name again in the same snapshot, and writes a folder of files beside the one in use. Then readers
are switched, and the last statements of T delete the notes it saw and mark the load as ready: one commit. What commits
later than T began is invisible to T, so its notes stay for the next load, whatever its transaction's id. A load that is
killed leaves its notes, and the next one begins at the load that the database calls ready.

Facts are streamed by ADBC. A column of type numeric travels as text and is stored as DECIMAL(38, 10), since Arrow has
no type for it; a moment `x` (timestamptz) gets a companion `x_day`, its date in the workspace's time zone.

Checked by control sums: rows, and the sum of every numeric or bigint column that is no key. What the source should hold
is carried on by the load (before, less what left the files, plus what PostgreSQL says of the rows read again) and
compared with what the new files say. The whole source is summed, in T, when a fact is loaded whole, when it has at most
SMALL rows, and once a day; a fact that then differs is loaded whole at once.
"""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from adbc_driver_postgresql import dbapi
from django.utils import timezone

from peyvand.foundation.accounts import settings as workspace_settings
from peyvand.foundation.calendar.calendars import CalendarKind, month_index
from peyvand.foundation.database.address import libpq_address
from peyvand.foundation.jobs.alone import alone
from peyvand.foundation.jobs.running import Running
from peyvand.foundation.registry.declarations import WarehouseFact
from peyvand.foundation.registry.registry import registry
from peyvand.insight.warehouse import place, services, watching
from peyvand.insight.warehouse.beside import beside, exported
from peyvand.insight.warehouse.models import Load, LoadState
from peyvand.insight.warehouse.parts import Fact, Sums, added, plain
from peyvand.insight.warehouse.shapes import SCALE, Shape, shape_of

logger = logging.getLogger(__name__)

FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2060, 12, 31)
DATES = "dates"
CHUNK = 5_000  # rows read again by one statement
SHARE = 0.2  # of a fact's rows: when more have changed, reading it whole is quicker
FEW = 10_000  # changed rows that are always read by their ids
AT_ONCE = 2  # facts streamed at the same time when all are
SMALL = 200_000  # rows up to which the whole source is summed at every load
CHECK_EVERY = timedelta(hours=20)


class WarehouseDisagreesError(RuntimeError):
    """The files do not hold what the source held in the same transaction; the load before stays in use."""


def load(run: Running | None = None, *, full: bool = False, check: bool = False) -> Load:
    """Bring the files up to date and switch readers to them; on any failure the load before stays in use.

    `full` makes everything anew; `check` sums the whole source. Where nothing changed, the load in use is returned and
    its `fresh_until` is moved on.
    """
    with alone("warehouse.load", run):
        services.interrupted_note()
        zone = workspace_settings.text("time_zone")
        unwatched = watching.watch()
        base = None if full else services.base()
        shapes = {fact.name: shape_of(fact, zone) for fact in registry.all(WarehouseFact)}
        if base is not None:
            marks = {name: fact["mark"] for name, fact in base.manifest["facts"].items() if name != DATES}
            same = marks == {name: shape.mark for name, shape in shapes.items()} and not unwatched
            if same and not check and (quiet := _nothing_new(base.load)):
                return quiet
        return _Load(run=run, zone=zone, base=base, shapes=shapes, unwatched=unwatched, check=check).made()


def _nothing_new(load: Load) -> Load | None:
    """The load in use, fresh as of now, where no change waits."""
    now = timezone.now()
    due = any(now - datetime.fromisoformat(fact["checked"]) > CHECK_EVERY for fact in load.facts.values())
    if due or watching.looked()[0]:
        return None
    if place.token() != load.token:
        place.switch(load.pk, load.token)
    load.fresh_until = now
    load.save(update_fields=["fresh_until"])
    if place.forgetting():
        place.sweep(load_id=load.pk, before=None, fresh=now)
    return load


class _Load:
    """One load on its way."""

    def __init__(
        self,
        *,
        run: Running | None,
        zone: str,
        base: services.Base | None,
        shapes: Mapping[str, Shape],
        unwatched: set[str],
        check: bool,
    ) -> None:
        self.run, self.zone, self.base, self.shapes, self.unwatched = run, zone, base, shapes, unwatched
        self.check = check
        self.row = Load.objects.create(time_zone=zone, full=base is None, token=uuid.uuid4().hex)
        self.moved = 0

    def made(self) -> Load:
        try:
            folder = place.made(self.row.pk)
            with dbapi.connect(libpq_address()) as source, source.cursor() as cursor:
                self._move(source, cursor, folder)
        except BaseException as problem:
            Load.objects.filter(pk=self.row.pk, state=LoadState.RUNNING).update(
                state=LoadState.FAILED, error=str(problem)[:2000], finished_at=timezone.now()
            )
            if not Load.objects.filter(pk=self.row.pk, state=LoadState.READY).exists():
                place.drop(self.row.pk)
            raise
        self.row.refresh_from_db()
        before = self.base.load.pk if self.base is not None else None
        place.sweep(load_id=self.row.pk, before=before, fresh=self.row.fresh_until or timezone.now())
        services.loads_forget()
        return self.row

    def _move(self, source: Any, cursor: Any, folder: Path) -> None:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT extract(epoch FROM now())::double precision")
        began = datetime.fromtimestamp(cursor.fetchone()[0], tz=UTC)
        notes = _notes(cursor)
        facts: dict[str, Any] = {}
        files: dict[str, Any] = {}
        made = self._all(cursor, folder) if self.base is None else {}
        for number, shape in enumerate(self.shapes.values()):
            self._going(number)
            name = shape.fact.name
            files[name], facts[name] = self._fact(cursor, shape, notes, folder, began, made.get(name))
        self._dates(folder, files)
        if any(pair[0] != pair[1] for fact in facts.values() for pair in fact["sums"].values()):
            raise WarehouseDisagreesError(str({name: fact["sums"] for name, fact in facts.items()}))
        place.manifest_write(folder, {"token": self.row.token, "facts": files})
        place.switch(self.row.pk, self.row.token)
        cursor.execute("DELETE FROM warehouse_change")
        cursor.execute(
            "UPDATE warehouse_load SET state = 'ready', finished_at = clock_timestamp(), "
            "fresh_until = $1::text::timestamptz, facts = $2::text::jsonb, moved = $3 WHERE id = $4",
            (began.isoformat(), json.dumps(facts), self.moved, self.row.pk),
        )
        source.commit()

    def _going(self, number: int) -> None:
        if self.run is not None:
            self.run.check()
            self.run.progress(number, len(self.shapes) + 1)

    def _all(self, cursor: Any, folder: Path) -> dict[str, tuple[Fact, Sums]]:
        """Every fact as it is, AT_ONCE at a time, each by a connection of its own in the snapshot of this one."""
        snapshot = exported(cursor)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            waiting = {name: pool.submit(_by_itself, shape, self._new(shape, folder), snapshot)
                       for name, shape in self.shapes.items()}  # fmt: skip
            try:
                found = {}
                for number, (name, one) in enumerate(waiting.items()):
                    found[name] = one.result()
                    self._going(number)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        return found

    def _new(self, shape: Shape, folder: Path) -> Fact:
        place_of = folder / shape.fact.name
        place_of.mkdir()
        return Fact(
            name=shape.fact.name, key=shape.fact.key, summed=shape.summed, folder=place_of, stamp=str(self.row.pk)
        )

    def _fact(
        self, cursor: Any, shape: Shape, notes: Mapping[str, Any], folder: Path, began: datetime,
        made: tuple[Fact, Sums] | None,
    ) -> tuple[dict[str, Any], dict[str, Any]]:  # fmt: skip
        """The fact's files, and what the load's row keeps of them; `made` where they are there already."""
        name = shape.fact.name
        known = self.base.manifest["facts"].get(name) if self.base is not None else None
        old = self.base.load.facts.get(name) if self.base is not None else None
        fact = made[0] if made else self._new(shape, folder)
        ids = None
        if known and old and known["mark"] == shape.mark and not self.unwatched & set(shape.fact.reads):
            ids = _changed(cursor, shape, notes, rows=old["rows"])
        checked, whole = began.isoformat(), False
        if ids is None or known is None or old is None or self.base is None:
            source, whole = made[1] if made else self._whole(cursor, shape, fact), True
            self.moved += int(fact.sums["rows"])
        else:
            fact.take_over(known["parts"], folder=place.folder_of(self.base.load.pk) / name)
            source = {column: Decimal(pair[0]) for column, pair in old["sums"].items()}
            source = self._again(cursor, shape, fact, ids, source)
            late = began - datetime.fromisoformat(old["checked"]) > CHECK_EVERY
            if self.check or late or (len(ids) and fact.sums["rows"] <= SMALL):
                source = _sums_of_source(cursor, shape)
                if source != fact.sums:
                    logger.error("the files of %s missed a change and are made anew: %s", name, fact.sums)
                    self._emptied(fact)
                    source, whole = self._whole(cursor, shape, fact), True
                    self.moved += int(fact.sums["rows"])
            else:
                checked = old["checked"]
        held = fact.sums
        sums = {column: [plain(source[column]), plain(held[column])] for column in held}
        size = sum(part.bytes for part in fact.parts)
        told = {"rows": int(held["rows"]), "bytes": size, "files": len(fact.parts), "sums": sums, "checked": checked,
                "whole": whole}  # fmt: skip
        return {"mark": shape.mark, "parts": fact.plain()}, told

    def _whole(self, cursor: Any, shape: Shape, fact: Fact) -> Sums:
        return _streamed(cursor, shape, fact, exported(cursor))

    def _again(self, cursor: Any, shape: Shape, fact: Fact, ids: Any, source: Sums) -> Sums:
        """Read the rows with these keys again; gives what the source should hold now."""
        if not len(ids):
            return source
        schema = fact.schema()
        expected = added(source, fact.without(ids), sign=-1)

        def batches() -> Iterator[Any]:
            for first in range(0, len(ids), CHUNK):
                cursor.execute(f"{shape.rows} WHERE {_among(shape.fact.key, ids[first : first + CHUNK])}")
                yield from cursor.fetch_record_batch()

        fact.write(batches(), schema=schema)
        for first in range(0, len(ids), CHUNK):
            cursor.execute(f"{shape.control} WHERE {_among(shape.fact.key, ids[first : first + CHUNK])}")
            expected = added(expected, _told(cursor.fetchone(), shape))
        self.moved += len(ids)
        fact.settle(schema=schema)
        return expected

    def _emptied(self, fact: Fact) -> None:
        for part in fact.parts:
            (fact.folder / part.file).unlink()
        fact.parts = []

    def _dates(self, folder: Path, files: dict[str, Any]) -> None:
        """Every day with its month in both calendars, counted from year 0, so that months subtract."""
        (folder / DATES).mkdir()
        path = folder / DATES / f"{DATES}.parquet"
        if self.base is not None and DATES in self.base.manifest["facts"]:
            place.link(place.folder_of(self.base.load.pk) / DATES / path.name, path)
        else:
            days = [FIRST_DAY + timedelta(days=n) for n in range((LAST_DAY - FIRST_DAY).days + 1)]
            table = pa.table(
                {
                    "day": pa.array(days, pa.date32()),
                    "jalali": pa.array([month_index(day, CalendarKind.JALALI) for day in days], pa.int32()),
                    "gregorian": pa.array([month_index(day, CalendarKind.GREGORIAN) for day in days], pa.int32()),
                }
            )
            pq.write_table(table, path, compression="zstd")
        files[DATES] = {"mark": "", "parts": [{"file": path.name, "bytes": path.stat().st_size}]}


def _notes(cursor: Any) -> dict[str, Any]:
    """Sorted ids of changed rows by table; None where any row of it may have changed."""
    cursor.execute("SELECT DISTINCT table_name, key FROM warehouse_change")
    found = cursor.fetch_arrow_table()
    if not found.num_rows:
        return {}
    grouped = found.group_by("table_name").aggregate([("key", "list")]).to_pydict()
    return {
        table: None if None in keys else np.sort(np.array(keys, dtype=np.int64))
        for table, keys in zip(grouped["table_name"], grouped["key_list"], strict=True)
    }


def _changed(cursor: Any, shape: Shape, notes: Mapping[str, Any], *, rows: int) -> Any:
    """Sorted keys of the fact's rows to be read again; None where that is the whole fact."""
    most = max(FEW, int(rows * SHARE))
    found = [np.empty(0, dtype=np.int64)]
    for table, column in shape.fact.reads.items():
        keys = notes.get(table, found[0])
        if keys is None:
            return None
        if column == shape.fact.key:
            found.append(keys)
            continue
        for first in range(0, len(keys), CHUNK):
            cursor.execute(
                f'SELECT fact."{shape.fact.key}" AS id FROM ({shape.fact.select}) AS fact '
                f"WHERE {_among(column, keys[first : first + CHUNK])}"
            )
            found.append(cursor.fetch_arrow_table()["id"].to_numpy())
            if sum(map(len, found)) > most:
                return None
    ids = np.unique(np.concatenate(found))
    return None if len(ids) > most else ids


def _among(column: str, keys: Any) -> str:
    return f"fact.\"{column}\" = ANY('{{{','.join(map(str, keys.tolist()))}}}'::bigint[])"


def _sums_of_source(cursor: Any, shape: Shape) -> Sums:
    cursor.execute(shape.control)
    return _told(cursor.fetchone(), shape)


def _by_itself(shape: Shape, fact: Fact, snapshot: str) -> tuple[Fact, Sums]:
    with beside(snapshot) as cursor:
        return fact, _streamed(cursor, shape, fact, snapshot)


def _streamed(cursor: Any, shape: Shape, fact: Fact, snapshot: str) -> Sums:
    """The fact as it is into new files; gives the sums of the source, which are taken at the same time."""
    # Several processes would send the rows in no order, and files could no longer be told apart by their keys.
    cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")
    with ThreadPoolExecutor(1) as pool:
        source = pool.submit(_summed_beside, shape, snapshot)
        cursor.execute(shape.rows)
        reader = cursor.fetch_record_batch()
        schema = _schema(reader.schema, shape)
        fact.write(reader, schema=schema)
        fact.settle(schema=schema)
        return source.result()


def _summed_beside(shape: Shape, snapshot: str) -> Sums:
    with beside(snapshot) as cursor:
        return _sums_of_source(cursor, shape)


def _told(row: Sequence[str], shape: Shape) -> Sums:
    return dict(zip(["rows", *shape.summed], map(Decimal, row), strict=True))


def _schema(found: Any, shape: Shape) -> Any:
    """As it arrives, but with decimals where they travelled as text."""
    exact = shape.exact
    return pa.schema([field.with_type(pa.decimal128(38, SCALE)) if field.name in exact else field for field in found])
