"""The digest: new events, in commit order, become visitors, visits, carts and purchases.

It walks by transaction ids as the outbox does. A visit is computed from all of its events, so that reading an event
twice changes nothing: whoever is killed between two commits is followed by another that does the same again.
"""

from __future__ import annotations

import json
import logging
import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from django.db import connection, transaction
from procrastinate.contrib.django.utils import connector_params

from peyvand.channels.sites.data import SeenRow
from peyvand.channels.sites.services import visitors_seen
from peyvand.channels.web import telling
from peyvand.channels.web.linking import baskets_save
from peyvand.channels.web.sessions import GAP, Known, Span, spans
from peyvand.channels.web.summing import Row, baskets, summed
from peyvand.channels.web.writing import CHANNEL

logger = logging.getLogger(__name__)

AT_ONCE = 5_000  # events; a transaction is read whole
LOOK_EVERY = 5.0
_LOCK = "SELECT pg_try_advisory_xact_lock(hashtextextended('web.digest', 0))"
_BEGUN = "INSERT INTO web_reading (xid) SELECT '0' WHERE NOT EXISTS (SELECT FROM web_reading)"
# The tables were brought into a cluster whose transaction ids are lower (a restored backup): all is read again.
_MOVED = """
SELECT EXISTS (SELECT FROM web_reading WHERE xid >= pg_snapshot_xmax(pg_current_snapshot()))
    OR EXISTS (SELECT FROM web_event WHERE xid > pg_snapshot_xmax(pg_current_snapshot()))
"""
_REBASE = (
    "UPDATE web_event SET xid = '3' WHERE xid >= pg_snapshot_xmax(pg_current_snapshot())",
    "UPDATE web_reading SET xid = '0'",
)
_UPTO = """
SELECT xid::text FROM (
  SELECT e.xid FROM web_event e, web_reading r WHERE e.xid > r.xid {watermark} ORDER BY e.xid LIMIT %s
) waiting ORDER BY xid DESC LIMIT 1
"""
_WATERMARK = "AND e.xid < pg_snapshot_xmin(pg_current_snapshot())"
_TOUCHED = """
SELECT e.site_id, e.demo, e.visitor, min(e.at), max(e.at), bool_or(e.kept)
  FROM web_event e, web_reading r JOIN sites_site s ON true
 WHERE e.xid > r.xid AND e.xid <= %s::xid8 AND s.id = e.site_id
 GROUP BY e.site_id, e.demo, e.visitor ORDER BY e.site_id, e.visitor
"""
_SAMPLE = """
SELECT site_id, demo, visitor, min(at), max(at), bool_or(kept) FROM web_event WHERE demo GROUP BY 1, 2, 3 ORDER BY 1, 3
"""
_VISITS = """
SELECT v.site_id, v.key, v.id, v.started_at, v.ended_at
  FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::timestamptz[]) AS w (site_id, key, since, until)
  JOIN web_visit v ON v.site_id = w.site_id AND v.key = w.key AND v.ended_at >= w.since AND v.started_at <= w.until
"""
_EVENTS = """
SELECT e.site_id, e.visitor, e.uid, e.at, e.kind, e.url, e.title, e.data::text, e.kept
  FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::timestamptz[]) AS w (site_id, key, since, until)
  JOIN web_event e ON e.visitor = w.key AND e.site_id = w.site_id AND e.at BETWEEN w.since AND w.until
 WHERE e.at BETWEEN %s AND %s
 ORDER BY e.site_id, e.visitor, e.at, e.uid
"""
_COLUMNS = {
    "id": "bigint", "demo": "boolean", "site_id": "bigint", "visitor_id": "bigint", "key": "text",
    "started_at": "timestamptz", "ended_at": "timestamptz", "pages": "int", "events": "int", "searches": "jsonb",
    "path": "jsonb", "source": "text", "medium": "text", "campaign": "text", "referrer": "text", "touch": "jsonb",
    "device": "text",
}  # fmt: skip
_NAMES = [name for name in _COLUMNS if name != "id"]
_RECORD = f"json_to_recordset(%s::json) AS r ({', '.join(f'{name} {kind}' for name, kind in _COLUMNS.items())})"
_INSERT = f"""
INSERT INTO web_visit ({", ".join(_NAMES)}, stale) SELECT {", ".join(f"r.{name}" for name in _NAMES)}, true
  FROM {_RECORD} ORDER BY r.site_id, r.key, r.started_at
RETURNING id, site_id, key, started_at
"""
_UPDATE = f"""
UPDATE web_visit v SET {", ".join(f"{name} = r.{name}" for name in _NAMES)}, stale = true, updated_at = now()
  FROM {_RECORD} WHERE v.id = r.id
"""
Place = tuple[int, str]  # a site's id and a visitor's key


@dataclass
class _Touched:
    """A browser of which there are new events, and the time that has to be looked at."""

    demo: bool
    since: datetime
    until: datetime
    kept: bool
    visitor_id: int | None = None


def digest(*, at_once: int = AT_ONCE) -> int:
    """Read what is new; gives how many browsers it was of. One at a time: who does not get the lock does nothing."""
    watermark = "" if connection.in_atomic_block else _WATERMARK  # tests read what their own transaction wrote
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_LOCK)
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(_BEGUN)
        if watermark:
            _rebase(cursor)
        cursor.execute(_UPTO.format(watermark=watermark), [at_once])
        found = cursor.fetchone()
        if found is None:
            return 0
        (upto,) = found
        cursor.execute(_TOUCHED, [upto])
        touched = {
            (site_id, key): _Touched(demo, since, until, kept)
            for site_id, demo, key, since, until, kept in cursor.fetchall()
        }
        if touched:
            _visits(cursor, touched)
        cursor.execute("UPDATE web_reading SET xid = %s::xid8", [upto])
    return max(len(touched), 1)


def digest_sample() -> None:
    """Compute the visits of the sample's events, in whatever transaction they were written, without moving on: the
    worker reads them once more, which changes nothing.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_SAMPLE)
        touched = {
            (site_id, key): _Touched(demo, since, until, kept)
            for site_id, demo, key, since, until, kept in cursor.fetchall()
        }
        if touched:
            _visits(cursor, touched)


def _rebase(cursor: Any) -> None:
    cursor.execute(_MOVED)
    if cursor.fetchone()[0]:
        for statement in _REBASE:
            cursor.execute(statement)
        logger.warning("the events now stand in another cluster; they are read again")


def _visits(cursor: Any, touched: dict[Place, _Touched]) -> None:
    known: dict[Place, list[Known]] = defaultdict(list)
    # A visit at the edge may have another right beside it, into which an event must not fall: two gaps are looked at.
    cursor.execute(_VISITS, _windows(touched, widened=True))
    for site_id, key, pk, start, end in cursor.fetchall():
        known[site_id, key].append(Known(pk, start, end))
    for place, visits in known.items():
        one = touched[place]
        one.since = min(one.since, *(visit.start for visit in visits))
        one.until = max(one.until, *(visit.end for visit in visits))
    windows = _windows(touched)
    cursor.execute(_EVENTS, [*windows, min(windows[2]), max(windows[3])])
    by_place: dict[Place, list[Row]] = defaultdict(list)
    for site_id, key, uid, at, kind, url, title, data, kept in cursor.fetchall():
        by_place[site_id, key].append(Row(key, uid, at, kind, url, title, json.loads(data), kept))
    summaries = [
        (place, span, summed(span.events))
        for place, rows in by_place.items()
        for span in spans(rows, known.get(place, []))
    ]
    _visitors(touched, summaries)
    _write(cursor, touched, summaries)


def _windows(touched: Mapping[Place, _Touched], *, widened: bool = False) -> list[Any]:
    more = GAP if widened else GAP - GAP
    return [
        [site_id for site_id, _key in touched], [key for _site_id, key in touched],
        [one.since - more for one in touched.values()], [one.until + more for one in touched.values()],
    ]  # fmt: skip


Summary = tuple[Place, Span[Row], dict[str, Any]]


def _visitors(touched: dict[Place, _Touched], summaries: Iterable[Summary]) -> None:
    """Those whose browser holds a token are visitors; a key of another site is left aside."""
    rows: dict[str, SeenRow] = {}
    for (site_id, key), _span, told in summaries:
        if touched[site_id, key].kept:
            before = rows.get(key)
            rows[key] = SeenRow(
                site_id, key, min(told["started_at"], before.first_at) if before else told["started_at"],
                max(told["ended_at"], before.last_at) if before else told["ended_at"], told["language"], told["agent"],
            )  # fmt: skip
    for key, seen in visitors_seen(rows=list(rows.values())).items():
        if (seen.site_id, key) in touched:
            touched[seen.site_id, key].visitor_id = seen.id


def _write(cursor: Any, touched: Mapping[Place, _Touched], summaries: Sequence[Summary]) -> None:
    new: list[dict[str, Any]] = []
    old: list[dict[str, Any]] = []
    ids: dict[tuple[int, str, datetime], int] = {}
    for (site_id, key), span, told in summaries:
        one = touched[site_id, key]
        if one.kept and one.visitor_id is None:
            continue  # a token of another site
        row = {
            **{name: told.get(name) for name in _NAMES}, "id": span.id, "demo": one.demo, "site_id": site_id,
            "key": key, "visitor_id": one.visitor_id,
        }  # fmt: skip
        (new if span.id is None else old).append(row)
        if span.id is not None:
            ids[site_id, key, span.start] = span.id
    if old:
        cursor.execute(_UPDATE, [_text(old)])
    if new:
        cursor.execute(_INSERT, [_text(new)])
        ids.update({(site_id, key, start): pk for pk, site_id, key, start in cursor.fetchall()})
    baskets_save(
        [
            (ids[place[0], place[1], span.start], touched[place].demo, place[0], touched[place].visitor_id, told)
            for place, span, _said in summaries
            if (place[0], place[1], span.start) in ids
            for told in baskets(span.events)
        ]
    )


def _text(rows: Sequence[Mapping[str, Any]]) -> str:
    return json.dumps(rows, default=_plain, ensure_ascii=False, separators=(",", ":"))


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def stand(stop: threading.Event) -> None:
    """Digest until told to stop: the standing work of every worker."""
    with psycopg.connect(**{**connector_params(), "autocommit": True}) as listener:
        listener.execute(f"LISTEN {CHANNEL}")
        while not stop.is_set():
            while not stop.is_set() and digest():
                pass
            while not stop.is_set() and telling.tell():
                pass
            waited = 0.0
            while not stop.is_set() and waited < LOOK_EVERY:
                if any(True for _ in listener.notifies(timeout=0.5, stop_after=1)):
                    break
                waited += 0.5
