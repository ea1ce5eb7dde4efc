"""The reader: brings events to their handlers in commit order, each once, whatever dies on the way.

Order is by (transaction id, event id). An event is read only when its transaction id lies below the oldest transaction
that is still open (`pg_snapshot_xmin`); so a transaction that began earlier and commits later is never skipped, which
walking by sequence numbers would do.
"""

from __future__ import annotations

import json
import logging
from typing import Any

from django.db import OperationalError, connection, transaction

from peyvand.foundation.outbox.models import Cursor, Failure
from peyvand.foundation.outbox.wire import event_name, from_plain
from peyvand.foundation.registry.actor import system_actor
from peyvand.foundation.registry.declarations import EventHandler
from peyvand.foundation.registry.registry import registry

logger = logging.getLogger(__name__)

CHANNEL = "peyvand_outbox"
TRIES = 5
PAUSES = (5, 30, 120, 600)  # seconds before the second, third, … try

# Inside a caller's transaction, which is how tests run, everything visible is read: the caller's own id is never below
# the watermark.
_WATERMARK = "AND e.xid < pg_snapshot_xmin(pg_current_snapshot())"
_NEXT = """
SELECT e.id, e.xid::text, e.payload::text, e.demo
FROM outbox_event e, outbox_cursor c
WHERE c.handler = %s AND e.name = %s AND (e.xid, e.id) > (c.xid, c.event_id) {watermark}
ORDER BY e.xid, e.id LIMIT 1
"""
_CLAIM = """
INSERT INTO outbox_delivery (handler, event_id)
SELECT %(handler)s, %(event)s
WHERE NOT EXISTS (SELECT 1 FROM outbox_failure WHERE handler = %(handler)s AND event_id = %(event)s)
ON CONFLICT DO NOTHING
"""
_DUE = """
SELECT f.id, f.tries, e.id, e.payload::text, e.demo
FROM outbox_failure f JOIN outbox_event e ON e.id = f.event_id
WHERE f.handler = %s AND f.state = 'retrying' AND f.next_at <= now()
ORDER BY f.next_at, f.id LIMIT 1 FOR UPDATE OF f SKIP LOCKED
"""
_FAILED = """
INSERT INTO outbox_failure (handler, event_id, state, tries, next_at, error, reason)
VALUES (%s, %s, 'retrying', 1, now() + make_interval(secs => %s), %s, '')
"""
# A handler that is new where others have read already begins where the furthest of them stands.
_NEW_CURSORS = """
INSERT INTO outbox_cursor (handler, xid, event_id)
SELECT name, coalesce(far.xid, '0'::xid8), coalesce(far.event_id, 0)
FROM unnest(%s::text[]) AS name
LEFT JOIN (SELECT xid, event_id FROM outbox_cursor ORDER BY xid DESC, event_id DESC LIMIT 1) far ON true
ON CONFLICT DO NOTHING
"""
# The tables were brought into a cluster whose transaction ids are lower (a restored backup): positions make no sense.
_MOVED = """
SELECT EXISTS (SELECT 1 FROM outbox_cursor WHERE xid >= pg_snapshot_xmax(pg_current_snapshot()))
    OR (SELECT xid FROM outbox_event ORDER BY id DESC LIMIT 1) > pg_snapshot_xmax(pg_current_snapshot())
"""
_NOTE_READ = """
INSERT INTO outbox_delivery (handler, event_id)
SELECT c.handler, e.id
FROM unnest(%s::text[], %s::text[]) AS h(handler, name)
JOIN outbox_cursor c ON c.handler = h.handler
JOIN outbox_event e ON e.name = h.name AND (e.xid, e.id) <= (c.xid, c.event_id) AND e.id <= (
  SELECT greatest(  -- what came later was published in the new cluster, and nobody has had it
    (SELECT max(id) FROM outbox_event WHERE xid > pg_snapshot_xmax(pg_current_snapshot())),
    (SELECT max(event_id) FROM outbox_cursor WHERE xid >= pg_snapshot_xmax(pg_current_snapshot()))
  )
)
WHERE NOT EXISTS (SELECT 1 FROM outbox_failure f WHERE f.handler = h.handler AND f.event_id = e.id)
ON CONFLICT DO NOTHING
"""


def handlers() -> tuple[EventHandler, ...]:
    """All that rooms declare."""
    return registry.all(EventHandler)


def deliver_pending(limit: int = 1000) -> int:
    """Bring waiting events to their handlers, at most `limit` deliveries; gives how many succeeded.

    Any number of processes may call it at once. Outside a transaction each delivery is a transaction of its own; inside
    one (tests) everything the transaction sees is delivered.
    """
    declared = handlers()
    _prepare(declared)
    delivered, turn = 0, list(declared)
    while turn and delivered < limit:
        still: list[EventHandler] = []
        for handler in turn:
            outcome = _step(handler)
            delivered += outcome is True
            if outcome is not None:
                still.append(handler)
            if delivered >= limit:
                break
        turn = still
    return delivered


def _prepare(declared: tuple[EventHandler, ...]) -> None:
    names = [handler.name for handler in declared]
    outermost = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if outermost:
            _rebase(declared, cursor)
        known = set(Cursor.objects.filter(handler__in=names).values_list("handler", flat=True))
        if missing := [name for name in names if name not in known]:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('outbox', 0))")
            cursor.execute(_NEW_CURSORS, [missing])


def _rebase(declared: tuple[EventHandler, ...], cursor: Any) -> None:
    """When the cluster is another one, with lower transaction ids: begin anew, without giving anything twice."""
    cursor.execute(_MOVED)
    if not cursor.fetchone()[0]:
        return
    cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('outbox', 0))")
    cursor.execute(_MOVED)
    if not cursor.fetchone()[0]:
        return
    names = [handler.name for handler in declared]
    cursor.execute(_NOTE_READ, [names, [event_name(handler.event) for handler in declared]])
    cursor.execute("UPDATE outbox_event SET xid = '3'::xid8 WHERE xid > pg_snapshot_xmax(pg_current_snapshot())")
    cursor.execute("UPDATE outbox_cursor SET xid = '0'::xid8, event_id = 0")
    logger.warning("the outbox now stands in another cluster; its positions were taken anew")


def _step(handler: EventHandler) -> bool | None:
    """One event for one handler: True delivered, False read without success, None nothing to do.

    Who holds the handler's lock delivers; anybody else leaves it to them.
    """
    watermark = "" if connection.in_atomic_block else _WATERMARK
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended('outbox:' || %s, 0))", [handler.name])
        if not cursor.fetchone()[0]:
            return None
        cursor.execute(_DUE, [handler.name])
        if due := cursor.fetchone():
            return _again(handler, cursor, *due)
        cursor.execute(_NEXT.format(watermark=watermark), [handler.name, event_name(handler.event)])
        if (found := cursor.fetchone()) is None:
            return None
        event_id, xid, payload, demo = found
        cursor.execute(
            "UPDATE outbox_cursor SET xid = %s, event_id = %s WHERE handler = %s", [xid, event_id, handler.name]
        )
        cursor.execute(_CLAIM, {"handler": handler.name, "event": event_id})
        if cursor.rowcount == 0:
            return False
        error = _call(handler, event_id=event_id, payload=payload, demo=demo)
        if error is None:
            return True
        cursor.execute("DELETE FROM outbox_delivery WHERE handler = %s AND event_id = %s", [handler.name, event_id])
        cursor.execute(_FAILED, [handler.name, event_id, PAUSES[0], error])
        return False


def _again(
    handler: EventHandler, cursor: Any, failure_id: int, tries: int, event_id: int, payload: str, demo: bool
) -> bool:
    """Another try of what failed before."""
    error = _call(handler, event_id=event_id, payload=payload, demo=demo)
    if error is None:
        cursor.execute("DELETE FROM outbox_failure WHERE id = %s", [failure_id])
        cursor.execute(
            "INSERT INTO outbox_delivery (handler, event_id) VALUES (%s, %s) ON CONFLICT DO NOTHING",
            [handler.name, event_id],
        )
        return True
    tries += 1
    state = Failure.State.DEAD if tries >= TRIES else Failure.State.RETRYING
    pause = None if state == Failure.State.DEAD else PAUSES[tries - 1]
    cursor.execute(
        "UPDATE outbox_failure SET tries = %s, state = %s, next_at = now() + make_interval(secs => %s), error = %s "
        "WHERE id = %s",
        [tries, state, pause, error, failure_id],
    )
    return False


def _call(handler: EventHandler, *, event_id: int, payload: str, demo: bool) -> str | None:
    """Run the handler in a savepoint; what it says when it fails. A lost database is no failure of the handler."""
    try:
        with transaction.atomic():
            event = from_plain(handler.event, json.loads(payload))
            handler.function(event, event_id=event_id, actor=system_actor(demo=demo))
    except OperationalError:
        raise
    except Exception as error:
        logger.exception("%s could not take event %s", handler.name, event_id)
        return f"{type(error).__name__}: {error}".replace("\x00", "")[:2000]
    return None
