"""Long lists: keyset pages that cost the same anywhere in the list, and counts that stop at ten thousand."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet, FieldDoesNotExist, ValidationError
from django.db import OperationalError, connection, transaction
from django.db.models import F, Func, Model, OrderBy, Q, QuerySet

COUNT_CAP = 10_000
COUNT_SECONDS = 10.0
M = TypeVar("M", bound=Model)
C = TypeVar("C")
CANCELLED = "57014"  # query_canceled
Place = tuple[Any, ...]  # where a row stands: the values of the columns of the order, its id last


class BadCursorError(ValueError):
    """A cursor that this list did not make; show the first page."""


@dataclass(frozen=True)
class KeysetPage(Generic[M]):
    """Rows of one page; the cursors are None at the list's ends. `previous_cursor` is read with `backwards=True`."""

    rows: Sequence[M]
    next_cursor: str | None
    previous_cursor: str | None

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class _Key:
    """One column of the order: its name, its way, and whether it may be null (nulls come last, either way)."""

    name: str
    descending: bool
    nullable: bool

    def ordering(self, *, backwards: bool, sorted_anew: bool = False) -> OrderBy:
        """The column's part of ORDER BY; `sorted_anew` so that no index is walked for it."""
        by = Func(F(self.name), function="GREATEST") if sorted_anew else F(self.name)
        descending = self.descending is not backwards
        nulls = {} if not self.nullable else {"nulls_first": True} if backwards else {"nulls_last": True}
        return by.desc(**nulls) if descending else by.asc(**nulls)

    def equal(self, value: object) -> Q:
        return Q(**{f"{self.name}__isnull": True}) if value is None else Q(**{self.name: value})

    def beyond(self, value: object, *, backwards: bool) -> Q | None:
        """The rows after `value` in reading order (before it when backwards); None when there can be none."""
        if value is None:
            return Q(**{f"{self.name}__isnull": False}) if backwards else None
        less = self.descending is not backwards
        rest = Q(**{f"{self.name}__{'lt' if less else 'gt'}": value})
        return rest | Q(**{f"{self.name}__isnull": True}) if self.nullable and not backwards else rest

    def bound(self, value: object, *, backwards: bool) -> Q:
        """A plain bound on the first column, so that the index is entered at the right place."""
        if value is None or self.nullable:
            return Q()
        return Q(**{f"{self.name}__{'lte' if self.descending is not backwards else 'gte'}": value})


def _keys(queryset: QuerySet[M], order: Sequence[str]) -> list[_Key]:
    keys = []
    for part in order:
        name = part.removeprefix("-")
        try:
            nullable = bool(getattr(queryset.model._meta.get_field(name), "null", True))
        except FieldDoesNotExist:  # an annotation or a path over a relation
            nullable = True
        keys.append(_Key(name=name, descending=part.startswith("-"), nullable=nullable))
    return keys


def _pack(value: object) -> list[Any]:
    if value is None:
        return ["z", None]
    if isinstance(value, bool | int):
        return ["i", int(value)]
    if isinstance(value, datetime):
        return ["t", value.isoformat()]
    if isinstance(value, date):
        return ["d", value.isoformat()]
    if isinstance(value, float):
        return ["f", value]
    if isinstance(value, Decimal):
        return ["n", str(value)]
    return ["s", str(value)]


_UNPACK: dict[str, Callable[[Any], Any]] = {
    "z": lambda _: None,
    "i": int,
    "f": float,
    "s": str,
    "t": datetime.fromisoformat,
    "d": date.fromisoformat,
    "n": Decimal,
}


def _encode(row: Model, keys: Sequence[_Key]) -> str:
    values = []
    for key in keys:
        value: Any = row
        for step in key.name.split("__"):
            value = getattr(value, step, None)
        values.append(value)
    return _written(values)


def _written(values: Sequence[object]) -> str:
    packed = json.dumps([_pack(value) for value in values], separators=(",", ":"))
    return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def _decode(cursor: str, columns: int) -> list[Any]:
    try:
        packed = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        values = [_UNPACK[kind](value) for kind, value in packed]
    except (binascii.Error, ValueError, TypeError, KeyError, ArithmeticError) as error:
        raise BadCursorError(cursor) from error
    if len(values) != columns or any(isinstance(value, str) and "\x00" in value for value in values):
        raise BadCursorError(cursor)
    return values


@contextmanager
def _of_this_list(cursor: str) -> Iterator[None]:
    """A place that the columns of the list can't have: a text for a number, a day for a moment, a year 0."""
    try:
        yield
    except (ValueError, TypeError, OverflowError, ValidationError) as error:
        raise BadCursorError(cursor) from error


def _after(keys: Sequence[_Key], values: Sequence[Any], *, backwards: bool) -> Q:
    """The rows beyond `values` in the order of `keys`: (a, b) > (x, y) spelled out, since the ways may differ."""
    wanted = Q()
    same = Q()
    found = False
    for key, value in zip(keys, values, strict=True):
        beyond = key.beyond(value, backwards=backwards)
        if beyond is not None:
            wanted |= same & beyond
            found = True
        same &= key.equal(value)
    return keys[0].bound(values[0], backwards=backwards) & wanted if found else Q(pk__in=[])


def paginate(
    queryset: QuerySet[M], *, order: Sequence[str], cursor: str | None = None, size: int = 50, backwards: bool = False
) -> KeysetPage[M]:
    """One page of the queryset in that order; the last column must be unique (the id).

    BadCursorError on a cursor of another list. Nulls come last in both ways, so an index of a nullable column must be
    declared NULLS LAST. Reading is one query of `size + 1` rows, however deep.
    """
    keys = _keys(queryset, order)
    backwards = backwards and cursor is not None
    rows_of = queryset.order_by(*(key.ordering(backwards=backwards) for key in keys))
    if cursor is None:
        rows = list(rows_of[: size + 1])
    else:
        place = _decode(cursor, len(keys))
        with _of_this_list(cursor):
            rows = list(rows_of.filter(_after(keys, place, backwards=backwards))[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    before = more if backwards else cursor is not None
    after = True if backwards else more
    return KeysetPage(
        rows=rows,
        next_cursor=_encode(rows[-1], keys) if rows and after else None,
        previous_cursor=_encode(rows[0], keys) if rows and before else None,
    )


def places(
    queryset: QuerySet[M],
    *,
    order: Sequence[str],
    after: Place | None = None,
    limit: int,
    backwards: bool = False,
    few: bool = False,
) -> list[Place]:
    """Where the first rows of the queryset in that order stand, after (backwards: before) a place.

    Nothing else is read of them, so that the database can answer from indexes. `few` says that the queryset has so few
    rows that all are to be read and sorted, instead of walking an index in the hope to meet them.
    """
    keys = _keys(queryset, order)
    rows = queryset.order_by(*(key.ordering(backwards=backwards, sorted_anew=few) for key in keys))
    if after is not None:
        rows = rows.filter(_after(keys, after, backwards=backwards))
    return list(rows.values_list(*(key.name for key in keys))[:limit])


def paginate_places(
    read: Callable[[Place | None, bool, int], list[Place]],
    rows: Callable[[list[int]], Sequence[M]],
    *,
    columns: int,
    cursor: str | None = None,
    size: int = 50,
    backwards: bool = False,
) -> KeysetPage[M]:
    """As `paginate`, in two steps: `read(after, backwards, limit)` gives places, `rows(ids)` the rows that stand there.

    A place has so many `columns`. The rows come in any order; one that is gone meanwhile is left out.
    """
    backwards = backwards and cursor is not None
    place = None if cursor is None else tuple(_decode(cursor, columns))
    if place is not None and not isinstance(place[-1], int):
        raise BadCursorError(cursor)
    found = read(place, backwards, size + 1)
    more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
    before = more if backwards else cursor is not None
    after = True if backwards else more
    by_id = {row.pk: row for row in rows([place[-1] for place in found])} if found else {}
    return KeysetPage(
        rows=[by_id[place[-1]] for place in found if place[-1] in by_id],
        next_cursor=_written(found[-1]) if found and after else None,
        previous_cursor=_written(found[0]) if found and before else None,
    )


def cursor_of(row: M, queryset: QuerySet[M], *, order: Sequence[str]) -> str:
    """The cursor that stands at this row of the list, to read what comes after or before it."""
    return _encode(row, _keys(queryset, order))


def counts(querysets: Sequence[QuerySet[Any]], *, cap: int) -> list[int]:
    """How many rows each of these has, never counting past `cap`; one question, however many they are."""
    asked: list[str] = []
    values: list[Any] = []
    for place, queryset in enumerate(querysets):
        try:
            statement, given = queryset.order_by().values("pk")[:cap].query.sql_with_params()
        except EmptyResultSet:
            continue
        asked.append(f"SELECT {place}, count(*) FROM ({statement}) counted")
        values += given
    found: dict[int, int] = {}
    if asked:
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(asked), values)
            found = dict(cursor.fetchall())
    return [found.get(place, 0) for place in range(len(querysets))]


def capped_count(queryset: QuerySet[M], cap: int = COUNT_CAP) -> tuple[int, bool]:
    """How many rows, never counting past `cap`: (number, whether there are more)."""
    found = queryset.order_by().values("pk")[: cap + 1].count()
    return min(found, cap), found > cap


def exact_count(queryset: QuerySet[M], *, seconds: float = COUNT_SECONDS) -> int | None:
    """How many rows there are, however many; None where counting them takes longer than that."""
    return _within(seconds, lambda: queryset.order_by().values("pk").count())


def quick_count(queryset: QuerySet[M], *, seconds: float, cap: int = COUNT_CAP) -> tuple[int, bool] | None:
    """As `capped_count`; None where even that takes longer than so many seconds."""
    return _within(seconds, lambda: capped_count(queryset, cap))


def _within(seconds: float, count: Callable[[], C]) -> C | None:
    try:
        with transaction.atomic():
            before = _timeout(f"{max(1, int(seconds * 1000))}ms")
            found = count()
            _timeout(before)
        return found
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") == CANCELLED:
            return None
        raise


def _timeout(value: str) -> str:
    """Give the transaction's statements so long; gives what they had."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('statement_timeout'), set_config('statement_timeout', %s, true)", [value]
        )
        return str(cursor.fetchone()[0])
