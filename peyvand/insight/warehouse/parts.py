"""The files of one fact: parts of at most PART_ROWS rows, each whole in itself. Heavy: children of the worker only.

A part is never written to again. Rows that changed or went are left out of a copy of their part, and their new versions
stand in a new part; so what is often changed gathers in few and young parts, and any tool may read all parts together.
Small parts are made one when there are more than SMALL_PARTS of them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from peyvand.insight.warehouse import place
from peyvand.insight.warehouse.shapes import SCALE

PART_ROWS = 250_000
SMALL_ROWS = PART_ROWS // 4
SMALL_PARTS = 16
AHEAD = 4  # batches read before they are written
_FITS = 2**63
Sums = dict[str, Decimal]
"""Rows under "rows", and the sum of each summed column under its name."""


@dataclass(frozen=True)
class Part:
    """A file: rows in it, lowest and highest key (0 where it is empty), bytes, and the sums it holds, read back."""

    file: str
    rows: int
    low: int
    high: int
    bytes: int
    sums: Mapping[str, str]


@dataclass
class Fact:
    """A fact's files on the way from one load to the next: its folder there, its key and summed columns."""

    name: str
    key: str
    summed: Sequence[str]
    folder: Path
    stamp: str
    parts: list[Part] = field(default_factory=list)
    _made: int = 0

    def write(self, batches: Iterable[Any], *, schema: Any) -> Sums:
        """Stream batches into new parts; gives the sums of what they hold, read back from the files."""
        ended: list[Future[Part]] = []
        with ThreadPoolExecutor(1) as writing:  # while the next batch is read
            waiting: deque[Future[Any]] = deque()
            writer, path, rows = None, None, 0
            for batch in batches:
                if writer is None:
                    path = self._next()
                    writer, rows = pq.ParquetWriter(path, schema, compression="zstd"), 0
                waiting.append(writing.submit(_put, writer, batch, schema))
                rows += batch.num_rows
                if rows >= PART_ROWS:
                    ended.append(writing.submit(self._ended, writer, path))
                    writer = None
                while len(waiting) > AHEAD:
                    waiting.popleft().result()
            if writer is not None:
                ended.append(writing.submit(self._ended, writer, path))
            for one in waiting:
                one.result()
            found = [one.result() for one in ended]
        self.parts += [part for part in found if part.rows]
        for part in found:
            if not part.rows:
                (self.folder / part.file).unlink()
        return total(self.summed, found)

    def without(self, ids: Any) -> Sums:
        """Leave the rows with these keys (a sorted int64 array) out; gives the sums of what went."""
        kept: list[Part] = []
        gone: Sums = total(self.summed, ())
        for part in self.parts:
            first, last = np.searchsorted(ids, part.low), np.searchsorted(ids, part.high, side="right")
            mask = None
            if part.rows and first < last:
                keys = pq.read_table(self.folder / part.file, columns=[self.key])[self.key]
                mask = pc.is_in(keys, value_set=pa.array(ids[first:last], pa.int64()))
            if mask is None or not pc.any(mask).as_py():
                kept.append(part)
                continue
            table = pq.read_table(self.folder / part.file)
            gone = added(gone, sums_of(table.filter(mask), self.summed))
            kept += self._copied(table.filter(pc.invert(mask)))
            (self.folder / part.file).unlink()
        self.parts = kept
        return gone

    def settle(self, *, schema: Any) -> None:
        """Make small parts one where they are many; a fact without a row still has a file, which tells its columns."""
        small = [part for part in self.parts if part.rows < SMALL_ROWS]
        if len(small) > SMALL_PARTS:
            self.parts = [part for part in self.parts if part.rows >= SMALL_ROWS]
            self.write(self._batches(small), schema=schema)
            for part in small:
                (self.folder / part.file).unlink()
        if not self.parts:
            path = self._next()
            pq.write_table(schema.empty_table(), path, compression="zstd")
            self.parts = [self._described(path)]
        elif len(self.parts) > 1:
            for part in [part for part in self.parts if not part.rows]:
                self.parts.remove(part)
                (self.folder / part.file).unlink()

    @property
    def sums(self) -> Sums:
        """What the files hold."""
        return total(self.summed, self.parts)

    def plain(self) -> list[dict[str, Any]]:
        """The parts as JSON."""
        return [asdict(part) for part in self.parts]

    def schema(self) -> Any:
        """The columns of the files."""
        return pq.read_schema(self.folder / self.parts[0].file)

    def take_over(self, parts: Sequence[Mapping[str, Any]], *, folder: Path) -> None:
        """Begin with the parts of the load before."""
        for plain in parts:
            part = Part(**plain)
            place.link(folder / part.file, self.folder / part.file)
            self.parts.append(part)

    def _next(self) -> Path:
        self._made += 1
        return self.folder / f"{self.stamp}-{self._made:04}.parquet"

    def _batches(self, parts: Sequence[Part]) -> Iterator[Any]:
        for part in parts:
            yield from pq.read_table(self.folder / part.file).to_batches()

    def _copied(self, table: Any) -> list[Part]:
        if not table.num_rows:
            return []
        path = self._next()
        pq.write_table(table, path, compression="zstd")
        return [self._described(path)]

    def _ended(self, writer: Any, path: Path | None) -> Part:
        writer.close()
        return self._described(path)

    def _described(self, path: Path | None) -> Part:
        """A part as its file tells it, read back."""
        if path is None:
            raise ValueError(self.name)
        table = pq.read_table(path, columns=[self.key, *self.summed])
        ends = pc.min_max(table[self.key]).as_py()
        sums = {name: plain(value) for name, value in sums_of(table, self.summed).items()}
        return Part(
            file=path.name, rows=table.num_rows, low=ends["min"] or 0, high=ends["max"] or 0,
            bytes=path.stat().st_size, sums=sums,
        )  # fmt: skip


def _put(writer: Any, batch: Any, schema: Any) -> None:
    writer.write_table(pa.Table.from_batches([batch]).cast(schema))


def sums_of(table: Any, summed: Sequence[str]) -> Sums:
    """Rows and sums of an Arrow table, exactly."""
    return {"rows": Decimal(table.num_rows), **{name: _sum(table[name]) for name in summed}}


def _sum(column: Any) -> Decimal:
    if pa.types.is_integer(column.type):
        ends = pc.min_max(column).as_py()
        most = max(abs(ends["min"] or 0), abs(ends["max"] or 0))
        if most * len(column) < _FITS:  # it can't run over, so it need not be taken in 128 bits
            return Decimal(pc.sum(column).as_py() or 0)
    wide = column if pa.types.is_decimal(column.type) else column.cast(pa.decimal128(38, 0))
    return Decimal(pc.sum(wide).as_py() or 0)


def total(summed: Sequence[str], parts: Iterable[Part]) -> Sums:
    """The sums of several parts together."""
    found = {"rows": Decimal(0), **{name: Decimal(0) for name in summed}}
    for part in parts:
        found = added(found, {name: Decimal(text) for name, text in part.sums.items()})
    return found


def added(one: Mapping[str, Decimal], other: Mapping[str, Decimal], *, sign: int = 1) -> Sums:
    """one + sign · other, name by name."""
    return {name: one[name] + sign * other[name] for name in one}


def plain(number: Decimal) -> str:
    """A sum as text, with all its decimals."""
    return format(number.quantize(Decimal(1).scaleb(-SCALE)), "f")
