"""Taking somebody out of texts that rooms keep by the way: what a `Trace` is made of."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db import connection
from psycopg import sql
from psycopg.sql import Identifier

from peyvand.foundation.text.mentions import GONE, Mentioned

Found = tuple[int, dict[str, str]]


def speaking_of(
    somebody: Mentioned, *, table: str, columns: Sequence[str], demo: bool | None = None
) -> Iterator[Found]:
    """Rows of the table of which one of these columns speaks of them: the id, and the columns' texts.

    `demo` chooses the business where the table says of which a row is. The database looks for the hint, we for the
    rest; the rows are locked.
    """
    text = sql.SQL(", ").join(sql.SQL("coalesce({}::text, '')").format(Identifier(name)) for name in columns)
    business = sql.SQL("true" if demo is None else "demo" if demo else "NOT demo")
    query = sql.SQL(
        "SELECT id, {text} FROM {table} WHERE {business} AND concat_ws(' ', {text}) ~* %s ORDER BY 1 FOR UPDATE"
    ).format(text=text, table=Identifier(table), business=business)
    with connection.cursor() as cursor:
        cursor.execute(query, [somebody.hint])
        rows = cursor.fetchall()
    for row_id, *cells in rows:
        if any(somebody.in_text(cell) for cell in cells):
            yield row_id, dict(zip(columns, cells, strict=True))


def forget_in(
    somebody: Mentioned,
    *,
    table: str,
    texts: Sequence[str] = (),
    documents: Sequence[str] = (),
    demo: bool | None = None,
) -> int:
    """Take them out of these columns, texts and JSON, wherever they stand there; gives how many rows changed."""
    count = 0
    for row_id, found in speaking_of(somebody, table=table, columns=[*texts, *documents], demo=demo):
        after = {name: forgotten(found[name], somebody) for name in texts}
        after |= {
            name: json.dumps(forgotten(json.loads(found[name]), somebody), ensure_ascii=False)
            for name in documents
            if found[name]
        }
        changed = {name: value for name, value in after.items() if value != found[name]}
        _write(table, row_id, changed)
        count += bool(changed)
    return count


def forgotten(value: Any, somebody: Mentioned) -> Any:
    """A text or a plain JSON value without what speaks of them. What names them in other words, or only together with
    what stands beside it, goes whole.
    """
    if isinstance(value, str):
        plain = somebody.without(value)
        return GONE if somebody.in_text(plain) else plain
    if isinstance(value, Mapping):
        kept = {forgotten(name, somebody): forgotten(one, somebody) for name, one in value.items()}
        return {name: GONE if isinstance(one, str) else one for name, one in kept.items()} if _together(
            kept.values(), somebody) else kept  # fmt: skip
    if isinstance(value, Sequence):
        parts = [forgotten(one, somebody) for one in value]
        return [GONE if isinstance(one, str) else one for one in parts] if _together(parts, somebody) else parts
    return value


def _together(values: Iterable[Any], somebody: Mentioned) -> bool:
    return somebody.in_row([one for one in values if isinstance(one, str)])


def _write(table: str, row_id: int, values: Mapping[str, str]) -> None:
    if not values:
        return
    pairs = [sql.SQL("{} = %s").format(Identifier(name)) for name in values]
    query = sql.SQL("UPDATE {} SET {} WHERE id = %s").format(Identifier(table), sql.SQL(", ").join(pairs))
    with connection.cursor() as cursor:
        cursor.execute(query, [*values.values(), row_id])
