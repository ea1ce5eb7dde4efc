"""Found pairs go into the table, beside what people have decided."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from peyvand.memory.matching.weighing import Finding, level_of


@dataclass(frozen=True)
class Kept:
    """What a search left: records looked at, pairs found, how many of them new, how many open ones no longer found."""

    records: int
    pairs: int
    new: int
    gone: int


_UPSERT = """
INSERT INTO matching_pair (demo, a_id, b_id, kind, score, level, reasons, state, found_at)
SELECT %(demo)s, f.a, f.b, %(kind)s, f.score, f.level, f.reasons, 'open', statement_timestamp()
  FROM matching_found f
  JOIN customers_customer a ON a.id = f.a AND a.demo = %(demo)s AND a.kind = %(kind)s
  JOIN customers_customer b ON b.id = f.b AND b.demo = %(demo)s AND b.kind = %(kind)s
 WHERE NOT EXISTS (SELECT FROM matching_pair p WHERE p.a_id = f.a AND p.b_id = f.b)
ON CONFLICT (a_id, b_id) DO NOTHING
"""
_RENEW = """
UPDATE matching_pair p SET score = f.score, level = f.level, reasons = f.reasons
  FROM matching_found f
 WHERE p.a_id = f.a AND p.b_id = f.b AND p.state = 'open'
   AND (abs(p.score - f.score) > 0.005 OR p.level <> f.level)
"""
_FORGET = """
DELETE FROM matching_pair p
 WHERE p.demo = %(demo)s AND p.kind = %(kind)s AND p.state = 'open'
   AND (%(ids)s::bigint[] IS NULL OR p.a_id = ANY(%(ids)s) OR p.b_id = ANY(%(ids)s))
   AND NOT EXISTS (SELECT FROM matching_found f WHERE f.a = p.a_id AND f.b = p.b_id)
"""


def keep(
    *, demo: bool, kind: str, pairs: Iterable[Finding], records: int, only: list[int] | None = None, forget: bool = True
) -> Kept:
    """Keep the found pairs; what somebody decided stays, open pairs that are no longer found go.

    With `only`, just pairs of these customers were looked for. Inside the caller's transaction.
    """
    found = 0
    values: dict[str, bool | str | list[int] | None] = {"demo": demo, "kind": kind, "ids": only}
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE matching_found (a bigint, b bigint, score double precision, level text, "
            "reasons jsonb) ON COMMIT DROP"
        )
        with cursor.copy("COPY matching_found FROM STDIN") as copy:
            for pair in pairs:
                reasons = json.dumps(list(pair.reasons))
                copy.write_row((pair.a, pair.b, round(pair.score, 4), level_of(pair.score), reasons))
                found += 1
        cursor.execute("ANALYZE matching_found")
        gone = 0
        if forget:
            cursor.execute(_FORGET, values)
            gone = cursor.rowcount
        cursor.execute(_RENEW)
        cursor.execute(_UPSERT, values)
        new = cursor.rowcount
        cursor.execute("DROP TABLE matching_found")
    return Kept(records=records, pairs=found, new=new, gone=gone)
