"""Taking a change set back, set by set in SQL, for any tracked tables.

The plan (a temporary table) holds, for every row that the set touched, how it was before and what would bring it back:
`D` delete (the set inserted it), `U` give columns their earlier values, `I` insert again (the set deleted it). A row
stays as it is ("kept"), with a reason, when

    edited    another set changed it since, and the change still shows
    erased    its image has been erased with a person
    referred  something that stays refers to it
    part      it belongs to a whole that stays
    missing   what it referred to is gone and does not come back
    taken     its unique value belongs to another row now
    gone      its table or its columns are no more

Keeping a row may force others to be kept, so the rules run until nothing changes. Then deletes (children first),
restored columns and re-inserted rows (parents first) are written, under an undo set of their own.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction
from psycopg import sql
from psycopg.errors import CheckViolation
from psycopg.sql import Composable, Identifier, Literal

from peyvand.foundation.changes.declarations import Computed, Part, Recompute
from peyvand.foundation.changes.graph import Reference, parents_first, references, tracked_tables
from peyvand.foundation.registry.registry import registry

KEPT_LISTED = 1000


@dataclass(frozen=True)
class KeptRow:
    """A row that an undo left as it is, and why (see the module)."""

    table: str
    row_id: int
    reason: str


@dataclass(frozen=True)
class Outcome:
    """How many rows went back, how many stayed, and the first of those."""

    undone: int
    kept: int
    kept_rows: tuple[KeptRow, ...]


logger = logging.getLogger(__name__)
TRIES = 4
PAUSE = 0.5  # seconds, more each time


class UndoFailedError(RuntimeError):
    """The database refused the result; nothing was changed."""


_PLAN = """
CREATE TEMPORARY TABLE changes_plan ON COMMIT DROP AS
SELECT c.table_name, c.row_id, min(c.id) AS first_id, max(c.id) AS last_id,
       (array_agg(c.op ORDER BY c.id))[1] AS first_op, bool_or(i.change_id IS NULL) AS erased,
       changes_merge(coalesce(i.before, '{}') ORDER BY c.id DESC) AS original,
       false AS present, NULL::text AS kept, NULL::text AS action
FROM changes_change c LEFT JOIN changes_image i ON i.change_id = c.id
WHERE c.change_set_id = %s AND c.table_name <> 'changes_changeset'
GROUP BY c.table_name, c.row_id
"""
_EDITED = """
UPDATE changes_plan p SET kept = 'edited'
WHERE p.kept IS NULL AND EXISTS (
  SELECT FROM changes_change c
  WHERE c.table_name = p.table_name AND c.row_id = p.row_id AND c.id > p.first_id AND c.change_set_id IS DISTINCT FROM
  %s
)
"""
# Later changes that came to nothing (an edit and its undo) do not hold a row back: what the first of them found,
# column by
# column, is what stands there now.
_EDITED_FOR_NOTHING = """
WITH later AS (
  SELECT p.row_id, min(c.id) AS first_id, (array_agg(c.op ORDER BY c.id))[1] AS first_op,
         bool_and(i.change_id IS NOT NULL) AS whole, changes_merge(coalesce(i.before, '{{}}') ORDER BY c.id DESC) AS
         found
  FROM changes_plan p
  JOIN changes_change c ON c.table_name = p.table_name AND c.row_id = p.row_id AND c.id > p.first_id
   AND c.change_set_id IS DISTINCT FROM {set}
  LEFT JOIN changes_image i ON i.change_id = c.id
  WHERE p.table_name = {name} AND p.kept = 'edited'
  GROUP BY p.row_id
)
UPDATE changes_plan p SET kept = NULL
FROM later LEFT JOIN {table} AS changes_current ON changes_current.id = later.row_id
WHERE p.table_name = {name} AND p.row_id = later.row_id AND later.whole AND later.first_id > p.last_id
  AND CASE WHEN later.first_op = 'I' THEN NOT p.present
           ELSE p.present AND to_jsonb(changes_current) || later.found = to_jsonb(changes_current) END
"""
_REFERRED = """
UPDATE changes_plan p SET kept = 'referred'
FROM (
  SELECT DISTINCT r.{column} AS target_id
  FROM {table} r
  JOIN changes_plan t ON t.table_name = {target} AND t.action = 'D' AND t.kept IS NULL AND t.row_id = r.{column}
  LEFT JOIN changes_plan s ON s.table_name = {name} AND s.row_id = r.id AND s.kept IS NULL
  WHERE NOT coalesce(s.action = 'D' OR (s.action = 'U' AND s.original ? {key}
                     AND s.original ->> {key} IS DISTINCT FROM r.{column}::text), false) AND {kept}
) held
WHERE p.table_name = {target} AND p.row_id = held.target_id AND p.kept IS NULL
"""
_MISSING = """
UPDATE changes_plan p SET kept = 'missing'
WHERE p.table_name = {name} AND p.kept IS NULL AND p.action IN ('U', 'I') AND p.original ->> {key} IS NOT NULL
  AND NOT EXISTS (SELECT FROM {target} t WHERE t.id = (p.original ->> {key})::bigint
    AND NOT EXISTS (SELECT FROM changes_plan d WHERE d.table_name = {target_name} AND d.row_id = t.id
                    AND d.action = 'D' AND d.kept IS NULL))
  AND NOT EXISTS (SELECT FROM changes_plan b WHERE b.table_name = {target_name}
    AND b.row_id = (p.original ->> {key})::bigint AND b.action = 'I' AND b.kept IS NULL)
"""
_PARTS = """
UPDATE changes_plan p SET kept = 'part'
FROM {table} r JOIN changes_plan w ON w.table_name = {whole} AND w.row_id = r.{column} AND w.kept IS NOT NULL
WHERE p.table_name = {name} AND p.row_id = r.id AND p.action = 'D' AND p.kept IS NULL AND {where}
"""
_LEAVING = "SELECT row_id FROM changes_plan WHERE table_name = {name} AND action = 'D' AND kept IS NULL"
_COLUMNS = """
SELECT a.attname, a.attnotnull AND NOT a.atthasdef AND a.attidentity = '', t.typcategory, format_type(a.atttypid, NULL)
FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
WHERE a.attrelid = to_regclass(%s) AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
ORDER BY a.attnum
"""
# What an excluded column gets when its row is inserted again and it may not be null, until a Recompute fills it.
_BLANKS = {"S": "''", "N": "0", "B": "false", "D": "now()", "A": "'{}'", "U": "'{}'"}


def _where(part: Part) -> Composable:
    if part.where is None:
        return Literal(True)
    column, value = part.where
    return sql.SQL("r.{} = {}").format(Identifier(column), Literal(value))


def _kept(table: str, alias: str) -> Composable:
    """Which rows of a table are more than the result of a computation."""
    if not registry.has(Computed, table):
        return Literal(True)
    computed = registry.get(Computed, table)
    return sql.SQL("{}.{} = ANY({})").format(
        Identifier(alias), Identifier(computed.column), Literal(list(computed.said))
    )


class Undoing:
    """One undo, inside the transaction of its own change set."""

    def __init__(self, change_set_id: int, progress: Callable[[int, int], None] | None = None) -> None:
        self.change_set_id = change_set_id
        self.progress = progress or (lambda done, total: None)
        self.keys: tuple[Reference, ...] = ()
        self.tracked: frozenset[str] = frozenset()
        self.tables: list[str] = []

    def run(self) -> Outcome:
        """Plan, write, and say what stayed."""
        self._plan()
        refused = 0
        while True:
            self._settle()
            try:
                with transaction.atomic():
                    taken = self._write()
                    if taken:
                        raise _TakenError
                    undone = self._count("kept IS NULL")
                    self._recompute()
                    self._execute("SET CONSTRAINTS ALL IMMEDIATE")
                    self._execute("SET CONSTRAINTS ALL DEFERRED")
                break
            except _TakenError:
                for table, row_ids in taken.items():
                    self._execute(
                        "UPDATE changes_plan SET kept = 'taken' WHERE table_name = %s AND row_id = ANY(%s)",
                        [table, row_ids],
                    )
            except (IntegrityError, OperationalError) as error:
                # Somebody wrote meanwhile, as a computation does: look again at who refers to what, or wait our turn.
                refused += 1
                if refused == TRIES or isinstance(error.__cause__, CheckViolation):  # a rule does not change by waiting
                    raise UndoFailedError(str(error)) from error
                logger.warning("an undo is tried again: %s", error)
                time.sleep(PAUSE * refused)
            except DatabaseError as error:
                raise UndoFailedError(str(error)) from error
        kept = self._count("kept IS NOT NULL")
        rows = self._rows(
            "SELECT table_name, row_id, kept FROM changes_plan WHERE kept IS NOT NULL "
            f"ORDER BY table_name, row_id LIMIT {KEPT_LISTED}"
        )
        self._execute("DROP TABLE changes_plan")
        return Outcome(undone=undone, kept=kept, kept_rows=tuple(KeptRow(*row) for row in rows))

    # Planning

    def _plan(self) -> None:
        self._execute("DROP TABLE IF EXISTS pg_temp.changes_plan")
        self._execute(_PLAN, [self.change_set_id])
        self._execute("CREATE UNIQUE INDEX ON changes_plan (table_name, row_id)")
        self._execute("ANALYZE changes_plan")
        self.keys = references()
        self.tracked = tracked_tables()
        named = [name for (name,) in self._rows("SELECT DISTINCT table_name FROM changes_plan")]
        for name in named:
            if not self._rows("SELECT to_regclass(%s) WHERE to_regclass(%s) IS NOT NULL", [name, name]):
                self._execute("UPDATE changes_plan SET kept = 'gone' WHERE table_name = %s", [name])
                named = [other for other in named if other != name]
        self.tables = parents_first(named, self.keys)
        for name in self.tables:
            self._look_at(name)
        self._execute("DELETE FROM changes_plan WHERE first_op = 'I' AND NOT present AND kept IS NULL")
        self._execute(_EDITED, [self.change_set_id])
        for name in self.tables:
            self._settle_table(name)
        self._execute("UPDATE changes_plan SET kept = 'erased' WHERE erased AND kept IS NULL")

    def _look_at(self, name: str) -> None:
        """Lock the rows that are still there and mark them."""
        self._execute(
            "SELECT count(*) FROM (SELECT FROM {table} t "
            "JOIN changes_plan p ON p.row_id = t.id AND p.table_name = {name} ORDER BY t.id FOR UPDATE OF t) locked",
            table=Identifier(name), name=Literal(name),
        )  # fmt: skip
        self._execute(
            "UPDATE changes_plan p SET present = true FROM {table} t WHERE p.table_name = {name} AND t.id = p.row_id",
            table=Identifier(name), name=Literal(name),
        )  # fmt: skip

    def _settle_table(self, name: str) -> None:
        """Decide each row's action; rows that already are as they were leave the plan."""
        table = Identifier(name)
        self._execute(_EDITED_FOR_NOTHING, table=table, name=Literal(name), set=Literal(self.change_set_id))
        self._execute(
            "UPDATE changes_plan SET action = CASE WHEN first_op = 'I' THEN 'D' WHEN present THEN 'U' ELSE 'I' END "
            "WHERE table_name = {name}",
            name=Literal(name),
        )
        self._execute(
            "DELETE FROM changes_plan p USING {table} AS changes_current "
            "WHERE p.table_name = {name} AND p.row_id = changes_current.id AND p.action = 'U' AND NOT p.erased "
            "AND p.kept IS NULL AND to_jsonb(changes_current) || p.original = to_jsonb(changes_current)",
            table=table, name=Literal(name),
        )  # fmt: skip

    def _settle(self) -> None:
        """Keep what others hold and, once that is settled, what has lost its target; until nothing more is kept."""
        while self._keep_referred() or self._keep_missing() or self._keep_parts():
            pass

    def _keep_referred(self) -> int:
        return sum(
            self._execute(
                _REFERRED,
                table=Identifier(key.table), column=Identifier(key.column), key=Literal(key.column),
                name=Literal(key.table), target=Literal(key.target), kept=_kept(key.table, "r"),
            )
            for key in self.keys
            if key.target in self.tables and self._holds(key)
        )  # fmt: skip

    def _keep_missing(self) -> int:
        return sum(
            self._execute(
                _MISSING,
                key=Literal(key.column), name=Literal(key.table),
                target=Identifier(key.target), target_name=Literal(key.target),
            )
            for key in self.keys
            if key.table in self.tables
        )  # fmt: skip

    def _holds(self, key: Reference) -> bool:
        """Whether a reference keeps its target: rows of untracked tables may go with it, or let go of it."""
        if key.table in self.tracked or key.rule == "keep":
            return True
        if key.rule == "null":
            return False
        return any(
            inner.target == key.table and (inner.table in self.tracked or inner.rule == "keep") for inner in self.keys
        )

    def _keep_parts(self) -> int:
        return sum(
            self._execute(
                _PARTS,
                table=Identifier(part.table), column=Identifier(part.column),
                name=Literal(part.table), whole=Literal(part.whole), where=_where(part),
            )
            for part in registry.all(Part)
            if part.table in self.tables
        )  # fmt: skip

    # Writing

    def _write(self) -> dict[str, list[int]]:
        """Write the plan; gives the rows that could not be written because their unique value is taken, by table."""
        total, done = self._count("kept IS NULL"), 0
        taken: dict[str, list[int]] = {}
        for name in reversed(self.tables):
            self._let_go(
                name, "SELECT row_id FROM changes_plan WHERE table_name = {name} AND action = 'D' AND kept IS NULL"
            )
            done += self._execute(
                "DELETE FROM {table} t USING changes_plan p "
                "WHERE p.table_name = {name} AND p.action = 'D' AND p.kept IS NULL AND t.id = p.row_id",
                table=Identifier(name), name=Literal(name),
            )  # fmt: skip
            self.progress(done, total)
        for name in self.tables:
            written, refused = self._restore(name)
            done += written
            taken.setdefault(name, []).extend(refused)
            self.progress(done, total)
        for name in self.tables:
            written, refused = self._insert(name)
            done += written
            taken[name].extend(refused)
            self.progress(done, total)
        return {name: row_ids for name, row_ids in taken.items() if row_ids}

    def _let_go(self, name: str, ids: str, seen: tuple[str, ...] = ()) -> None:
        """Delete or null the rows of untracked tables, and computed rows, that refer to rows about to go."""
        for key in self.keys:
            if key.target != name or key.table in seen or key.rule == "keep":
                continue
            inner = sql.SQL(ids).format(name=Literal(name)).as_string() if "{name}" in ids else ids
            names = {"table": Identifier(key.table), "column": Identifier(key.column)}
            if key.table in self.tracked:
                if registry.has(Computed, key.table):
                    self._forget(key.table, inner, names)
                continue
            if key.rule == "null":
                self._execute(f"UPDATE {{table}} SET {{column}} = NULL WHERE {{column}} IN ({inner})", **names)
                continue
            rows = sql.SQL(f"SELECT id FROM {{table}} WHERE {{column}} IN ({inner})").format(**names).as_string()
            if any(deeper.target == key.table for deeper in self.keys):
                self._let_go(key.table, rows, (*seen, name))
            self._execute(f"DELETE FROM {{table}} WHERE {{column}} IN ({inner})", **names)

    def _forget(self, table: str, inner: str, names: dict[str, Identifier]) -> None:
        """Delete what was computed of rows about to go, as little kept as when it was computed."""
        setting = f"peyvand.{registry.get(Computed, table).unless}"
        self._execute("SELECT set_config(%s, 'on', true)", [setting])
        self._execute(
            f"DELETE FROM {{table}} t WHERE {{column}} IN ({inner}) AND NOT {{kept}}", **names, kept=_kept(table, "t")
        )
        self._execute("SELECT set_config(%s, '', true)", [setting])

    def _restore(self, name: str) -> tuple[int, list[int]]:
        """Give the columns their earlier values; row by row only when the whole is refused."""
        chosen = "table_name = {name} AND action = 'U' AND kept IS NULL"
        keys = {key for (key,) in self._rows(
            f"SELECT DISTINCT jsonb_object_keys(original) FROM changes_plan WHERE {chosen}", name=Literal(name)
        )}  # fmt: skip
        columns = [column for column, *_ in self._columns(name) if column in keys]
        if not columns:
            return 0, []
        query = (
            "UPDATE {table} t SET {sets} FROM changes_plan p "
            "JOIN {table} AS changes_current ON changes_current.id = p.row_id "
            "CROSS JOIN LATERAL jsonb_populate_record(changes_current, p.original) n "
            "WHERE p.table_name = {name} AND p.action = 'U' AND p.kept IS NULL AND t.id = p.row_id"
        )
        sets = sql.SQL(", ").join(sql.SQL("{0} = n.{0}").format(Identifier(column)) for column in columns)
        names: dict[str, Composable] = {"table": Identifier(name), "name": Literal(name), "sets": sets}
        try:
            with transaction.atomic():
                return self._execute(query, **names), []
        except IntegrityError:
            return 0, [
                row_id
                for (row_id,) in self._rows(f"SELECT row_id FROM changes_plan WHERE {chosen}", name=Literal(name))
                if not self._fits(query, names, row_id)
            ]

    def _fits(self, query: str, names: dict[str, Composable], row_id: int) -> bool:
        try:
            with transaction.atomic():
                self._execute(query + " AND p.row_id = {row_id}", **names, row_id=Literal(row_id))
        except IntegrityError:
            return False
        return True

    def _insert(self, name: str) -> tuple[int, list[int]]:
        """Insert deleted rows again, with their ids."""
        chosen = "p.table_name = {name} AND p.action = 'I' AND p.kept IS NULL"
        keys = {key for (key,) in self._rows(
            f"SELECT DISTINCT jsonb_object_keys(p.original) FROM changes_plan p WHERE {chosen}", name=Literal(name)
        )}  # fmt: skip
        if not keys:
            return 0, []
        columns: list[Composable] = []
        values: list[Composable] = []
        for column, must, category, kind in self._columns(name):
            if column in keys:
                values.append(sql.SQL("n.{}").format(Identifier(column)))
            elif must:
                values.append(sql.SQL(f"CAST({_BLANKS.get(category, chr(39) * 2)} AS {kind})"))
            else:
                continue
            columns.append(Identifier(column))
        inserted = self._rows(
            "INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE SELECT {values} FROM changes_plan p "
            "CROSS JOIN LATERAL jsonb_populate_record(NULL::{table}, p.original) n "
            f"WHERE {chosen} ORDER BY p.row_id ON CONFLICT DO NOTHING RETURNING id",
            table=Identifier(name), name=Literal(name),
            columns=sql.SQL(", ").join(columns), values=sql.SQL(", ").join(values),
        )  # fmt: skip
        there = {row_id for (row_id,) in inserted}
        wanted = self._rows(f"SELECT p.row_id FROM changes_plan p WHERE {chosen}", name=Literal(name))
        return len(there), [row_id for (row_id,) in wanted if row_id not in there]

    def _recompute(self) -> None:
        for name in self.tables:
            if not registry.has(Recompute, name):
                continue
            found = self._rows(
                "SELECT row_id FROM changes_plan WHERE table_name = %s AND kept IS NULL AND action IN ('U', 'I')",
                [name],
            )
            if found:
                registry.get(Recompute, name).function([row_id for (row_id,) in found])

    # Asking the database

    def _columns(self, name: str) -> list[tuple[str, bool, str, str]]:
        """Name, whether it must be given, category and type of every column that can be written."""
        return self._rows(_COLUMNS, [name])

    def _count(self, condition: str) -> int:
        return int(self._rows(f"SELECT count(*) FROM changes_plan WHERE {condition}")[0][0])

    def _execute(self, query: str, values: list[Any] | None = None, /, **names: Composable) -> int:
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL(query).format(**names) if names else query, values)
            return int(cursor.rowcount)

    def _rows(self, query: str, values: list[Any] | None = None, /, **names: Composable) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL(query).format(**names) if names else query, values)
            return list(cursor.fetchall())


class _TakenError(Exception):
    """Some rows could not be written; the plan is settled again without them."""
