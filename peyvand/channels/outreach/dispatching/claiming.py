"""From waiting to under way: a lease that can be taken up again, then an attempt that never is.

The lease is one statement (SKIP LOCKED, so any number of workers share the work). The attempt is one transaction: the
recipients are locked in the order of their ids, the gate judges with what was committed before, and the rows become
`attempting` before any provider is called. Who dies before that commit has sent nothing; who dies after it may have.
"""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from psycopg import sql
from psycopg.types.json import Jsonb

from peyvand.channels.outreach.addresses import one_click_url
from peyvand.channels.outreach.declarations import Account, Carrier, Outgoing
from peyvand.channels.outreach.dispatching.judged import NO_RULE, Judged, held_or_refused, judged_all, wanted_of
from peyvand.channels.outreach.gate.facts import Facts
from peyvand.channels.outreach.gate.judging import PREFERRED, channels_for
from peyvand.channels.outreach.models import Message, State
from peyvand.foundation.registry.registry import registry
from peyvand.memory.consents.models import PurposeKind

LEASE = timedelta(seconds=60)
ATTEMPT = timedelta(minutes=2)  # a provider that has not answered by then is asked what became of it

_CLAIM = """
WITH due AS (
  SELECT id FROM outreach_message
  WHERE state = 'pending' AND due_at <= %(now)s
  ORDER BY priority, due_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
UPDATE outreach_message m SET state = 'leased', lease = %(lease)s, leased_until = %(until)s
FROM due WHERE m.id = due.id RETURNING m.id
"""
_CLAIM_ONE = """
WITH due AS (
  SELECT id FROM outreach_message
  WHERE id = %(id)s AND state = 'pending' AND due_at <= %(now)s FOR UPDATE SKIP LOCKED
)
UPDATE outreach_message m SET state = 'leased', lease = %(lease)s, leased_until = %(until)s
FROM due WHERE m.id = due.id RETURNING m.id
"""
_SAVED = (
    "state", "reason", "verdict", "held_until", "channel", "account_id", "line", "address", "address_key", "merged",
    "language", "parts", "cost_minor", "cost_currency", "attempted_at", "lease", "leased_until", "due_at", "tries",
    "thread",
)  # fmt: skip
_SAVE = sql.SQL(
    "UPDATE outreach_message m SET {} FROM jsonb_populate_recordset(NULL::outreach_message, %(rows)s) r "
    "WHERE m.id = r.id"
).format(sql.SQL(", ").join(sql.SQL("{0} = r.{0}").format(sql.Identifier(name)) for name in _SAVED))


@dataclass
class Load:
    """Messages of one account that may go now, as their carrier gets them."""

    carrier: Carrier
    account: Account
    lease: uuid.UUID
    messages: list[Outgoing] = field(default_factory=list)


def claim(*, now: datetime, limit: int) -> tuple[uuid.UUID, list[int]]:
    """Lease what is due, at most so many; committed when it returns."""
    lease = uuid.uuid4()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"now": now, "limit": limit, "lease": lease, "until": now + LEASE})
        return lease, [row[0] for row in cursor.fetchall()]


def claim_one(*, message_id: int, now: datetime) -> tuple[uuid.UUID, list[int]]:
    """Lease that message alone, by the same rules: where somebody else has it already, nothing is leased."""
    lease = uuid.uuid4()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CLAIM_ONE, {"id": message_id, "now": now, "lease": lease, "until": now + LEASE})
        return lease, [row[0] for row in cursor.fetchall()]


def attempt(*, lease: uuid.UUID, ids: Sequence[int], now: datetime) -> list[Load]:
    """Judge what was leased and write down what becomes of each; gives what is to be sent now, by account.

    Committed before it returns: what it gives has been attempted, whatever happens next.
    """
    loads: dict[tuple[str, int], Load] = {}
    with transaction.atomic():
        rows = (
            Message.objects.filter(pk__in=list(ids), lease=lease, state=State.LEASED)
            .prefetch_related("content")
            .order_by("priority", "due_at", "id")
            .select_for_update(of=("self",), no_key=True)
        )
        by_business: dict[bool, list[Message]] = defaultdict(list)
        for row in rows:
            by_business[row.demo].append(row)
        changed: list[Message] = []
        for demo, messages in by_business.items():
            judged, facts = judged_all(messages, now=now, demo=demo, lock=True)
            for found in judged:
                changed.append(found.message)
                if found.verdict.action == "pass":
                    _take(found, lease=lease, now=now, loads=loads)
                    _ways_left(found, facts)
                elif found.verdict.chosen.last.why == "per-second":
                    _later(found.message, now + timedelta(seconds=1))
                else:
                    rule = facts.rules.get(found.message.purpose, NO_RULE)
                    for name, value in held_or_refused(found, now=now, rule=rule).items():
                        setattr(found.message, name, value)
                    found.message.lease = found.message.leased_until = None
        _save(changed)
    return list(loads.values())


def _save(messages: Sequence[Message]) -> None:
    """Write down what has changed of them in one statement; Django's own way of it takes ten times as long."""
    rows = [{"id": one.pk, **{name: getattr(one, name) for name in _SAVED}} for one in messages]
    given: dict[str, Any] = {"rows": Jsonb(rows, dumps=lambda value: json.dumps(value, default=_plain))}
    with connection.cursor() as cursor:
        cursor.execute(_SAVE, given)


def _plain(value: datetime | uuid.UUID) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _later(message: Message, moment: datetime) -> None:
    message.state, message.lease, message.leased_until, message.due_at = State.PENDING, None, None, moment


def _ways_left(found: Judged, facts: Facts) -> None:
    """Which channels come next should this one fail, where the purpose says so and nobody has chosen the channel."""
    message = found.message
    rule = facts.rules.get(message.purpose, NO_RULE)
    if rule.fallback and PREFERRED in message.options and "fallback" not in message.thread:
        left = [one for one in channels_for(wanted_of(message), facts) if one != found.carrier]
        message.thread = {**message.thread, "fallback": left}


def _take(found: Judged, *, lease: uuid.UUID, now: datetime, loads: dict[tuple[str, int], Load]) -> None:
    message, chosen = found.message, found.verdict.chosen
    account, address, text = chosen.account, chosen.address, found.drawn
    assert account is not None and address is not None and text is not None  # noqa: PT018, S101  it has passed
    carrier = registry.get(Carrier, chosen.channel)
    message.state, message.reason, message.verdict = State.ATTEMPTING, "", found.verdict.as_plain()
    message.channel, message.account_id, message.line = carrier.name, account.id, account.line[:254]
    message.address, message.address_key, message.language = address.value, address.key, text.language
    message.parts = chosen.parts
    message.cost_minor = account.price_minor * chosen.parts if account.price_minor else None
    message.cost_currency = account.currency if account.price_minor else ""
    message.attempted_at, message.lease, message.leased_until = now, lease, now + ATTEMPT
    message.tries += 1
    service = message.kind == PurposeKind.SERVICE
    load = loads.setdefault((carrier.name, account.id), Load(carrier, account, lease))
    load.messages.append(
        Outgoing(
            id=message.pk, uid=message.uid, to=address.value if "@" in address.value else address.key,
            to_name=found.name, line=account.line, subject=text.subject, text=text.text,
            html=text.html, language=text.language, purpose=message.purpose, kind=message.kind, demo=message.demo,
            parts=chosen.parts, one_click_url="" if service else one_click_url(message.uid),
            preferences_url="" if service else found.preferences, thread=message.thread, files=message.files,
        )
    )  # fmt: skip
