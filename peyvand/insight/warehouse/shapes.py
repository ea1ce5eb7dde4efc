"""A fact's columns as PostgreSQL describes them, their types in the files, and the SQL that reads them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import connection

from peyvand.foundation.registry.declarations import WarehouseFact

SCALE = 10  # decimals of a numeric column; finer ones are rounded half away from zero by PostgreSQL
DAY = "_day"  # ends the name of a moment's companion
NUMERIC, BIGINT, MOMENT = 1700, 20, 1184  # PostgreSQL's type oids
TYPES = {
    NUMERIC: f"DECIMAL(38, {SCALE})", BIGINT: "BIGINT", MOMENT: "TIMESTAMP (UTC)", 16: "BOOLEAN", 21: "SMALLINT",
    23: "INTEGER", 1082: "DATE", 701: "DOUBLE",
}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """A column of a fact as the source describes it."""

    name: str
    oid: int

    @property
    def summed(self) -> bool:
        """Whether a control sum is taken."""
        return self.oid in {NUMERIC, BIGINT} and self.name != "id" and not self.name.endswith("_id")

    @property
    def type(self) -> str:
        """Its type in the files, in the words of SQL."""
        return TYPES.get(self.oid, "VARCHAR")


@dataclass(frozen=True)
class Shape:
    """A fact with its columns, and the SQL of what is read of them."""

    fact: WarehouseFact
    columns: Sequence[Column]
    zone: str

    @property
    def summed(self) -> list[str]:
        """Columns of which control sums are taken."""
        return [column.name for column in self.columns if column.summed]

    @property
    def exact(self) -> set[str]:
        """Columns that travel as text."""
        return {column.name for column in self.columns if column.oid == NUMERIC}

    @property
    def mark(self) -> str:
        """Changes when the fact's files have to be made anew, since it is declared or read otherwise."""
        told = [self.fact.select, dict(self.fact.reads), [(c.name, c.oid) for c in self.columns], self.zone, SCALE]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]

    @property
    def rows(self) -> str:
        """The SELECT of its rows."""
        return f"SELECT {', '.join(self._expressions())} FROM ({self.fact.select}) AS fact"

    @property
    def control(self) -> str:
        """The SELECT of the control sums, as texts."""
        sums = [f'coalesce(sum(round("{name}", {SCALE})), 0)::text' for name in self.summed]
        return f"SELECT {', '.join(['count(*)::text', *sums])} FROM ({self.fact.select}) AS fact"

    @property
    def held(self) -> Iterator[tuple[str, str, str]]:
        """Name and type of each column of the files, and the name of the fact's column that it comes of."""
        for column in self.columns:
            yield column.name, column.type, column.name
            if column.oid == MOMENT:
                yield column.name + DAY, "DATE", column.name

    def _expressions(self) -> Iterator[str]:
        for column in self.columns:
            name = f'fact."{column.name}"'
            yield self._exactly(column) if column.oid == NUMERIC else name
            if column.oid == MOMENT:
                yield f"({name} AT TIME ZONE '{self.zone}')::date AS \"{column.name}{DAY}\""

    def _exactly(self, column: Column) -> str:
        """As short a text as holds the number: those of fewer decimals, nearly all, travel without noughts."""
        name = f'fact."{column.name}"'
        rounded = f"CASE WHEN scale({name}) > {SCALE} THEN round({name}, {SCALE}) ELSE {name} END"
        return f'({rounded})::text AS "{column.name}"'


def shape_of(fact: WarehouseFact, zone: str) -> Shape:
    """The fact's columns, asked of PostgreSQL without reading a row; `zone` is the workspace's."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({fact.select}) AS fact LIMIT 0")
        columns = [Column(name=found.name, oid=found.type_code) for found in cursor.description]
    return Shape(fact=fact, columns=columns, zone=zone.replace("'", ""))
