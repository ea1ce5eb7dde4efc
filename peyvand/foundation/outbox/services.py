"""The verbs: publish an event, decide on a dead letter, forget what is old."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now

from peyvand.foundation.changes.services import record
from peyvand.foundation.outbox.access import RETRY
from peyvand.foundation.outbox.delivery import CHANNEL, deliver_pending, handlers
from peyvand.foundation.outbox.models import Failure
from peyvand.foundation.outbox.wire import event_name, to_plain
from peyvand.foundation.registry.actor import Actor

__all__ = ["NotInTransactionError", "clean", "deliver_pending", "failure_discard", "failure_retry", "publish"]

KEPT_DAYS = 30
_PUBLISH = """
WITH made AS (
  INSERT INTO outbox_event (name, payload, actor, demo) VALUES (%s, %s::jsonb, %s::jsonb, %s) RETURNING id
)
SELECT id, pg_notify(%s, '') FROM made
"""
_CLEAN = """
WITH old AS (
  SELECT e.id FROM outbox_event e
  WHERE e.at < now() - make_interval(days => %(days)s)
    AND NOT EXISTS (SELECT 1 FROM outbox_failure f WHERE f.event_id = e.id AND f.state <> 'discarded')
    AND NOT EXISTS (
      SELECT 1 FROM unnest(%(handlers)s::text[], %(names)s::text[]) AS h(handler, name)
      LEFT JOIN outbox_cursor c ON c.handler = h.handler
      WHERE h.name = e.name AND (c.handler IS NULL OR (c.xid, c.event_id) < (e.xid, e.id))
    )
  ORDER BY e.at LIMIT %(limit)s
), deliveries AS (DELETE FROM outbox_delivery d USING old WHERE d.event_id = old.id),
failures AS (DELETE FROM outbox_failure f USING old WHERE f.event_id = old.id)
DELETE FROM outbox_event e USING old WHERE e.id = old.id
"""


class NotInTransactionError(RuntimeError):
    """An event was published outside a transaction, where it could tell of what is never committed."""


def publish(event: Any, *, actor: Actor) -> int:
    """Keep an event in the running transaction; gives its id. Handlers hear of it after the commit.

    However many a transaction publishes, the reader is woken once: PostgreSQL folds equal notifications.
    """
    if not connection.in_atomic_block:
        raise NotInTransactionError(event_name(type(event)))
    payload = json.dumps(to_plain(event), ensure_ascii=False)
    demo = bool(getattr(event, "demo", actor.demo))
    with connection.cursor() as cursor:
        cursor.execute(_PUBLISH, [event_name(type(event)), payload, json.dumps(actor.as_plain()), demo, CHANNEL])
        return int(cursor.fetchone()[0])


def _letter(actor: Actor, failure_id: int) -> Failure:
    """A dead letter of the business one looks at, locked; Failure.DoesNotExist otherwise."""
    actor.require(RETRY)
    letters = Failure.objects.select_for_update(of=("self",)).select_related("event")
    return letters.get(pk=failure_id, state=Failure.State.DEAD, event__demo=actor.demo)


def _reference(letter: Failure) -> dict[str, Any]:
    return {"event": letter.event_id, "name": letter.event.name, "handler": letter.handler}


def failure_retry(*, actor: Actor, failure_id: int) -> None:
    """Give a dead letter to its handler again, with a fresh count of tries. Failure.DoesNotExist if it isn't dead."""
    with transaction.atomic():
        letter = _letter(actor, failure_id)
        Failure.objects.filter(pk=letter.pk).update(state=Failure.State.RETRYING, tries=0, next_at=Now())
        record(actor=actor, kind="event-retry", title=letter.event.name, reference=_reference(letter))
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])


def failure_discard(*, actor: Actor, failure_id: int, reason: str) -> None:
    """Give a dead letter up for good, saying why. ValueError without a reason, Failure.DoesNotExist if not dead."""
    words = reason.strip().replace("\x00", "")[:1000]
    with transaction.atomic():
        letter = _letter(actor, failure_id)
        if not words:
            raise ValueError("a reason is needed")
        Failure.objects.filter(pk=letter.pk).update(state=Failure.State.DISCARDED, reason=words, next_at=None)
        reference = {**_reference(letter), "reason": words}
        record(actor=actor, kind="event-discard", title=letter.event.name, reference=reference)


def clean(*, days: int = KEPT_DAYS, batch: int = 5000) -> int:
    """Forget events older than that which every handler has had; dead letters and what hangs on them stay."""
    declared = handlers()
    values: dict[str, int | list[str]] = {
        "days": days,
        "limit": batch,
        "handlers": [handler.name for handler in declared],
        "names": [event_name(handler.event) for handler in declared],
    }
    removed = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_CLEAN, values)
            count = int(cursor.rowcount)
        removed += count
        if count < batch:
            return removed
