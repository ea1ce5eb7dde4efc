"""What came back: from a provider's answer, from its reports later on, from a mailbox. Never written backwards."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from peyvand.channels.outreach.declarations import Carrier, Outcome, Outgoing, Said
from peyvand.channels.outreach.drawing import Drawn, drawn
from peyvand.channels.outreach.models import DeliveryReport, Message, State
from peyvand.channels.outreach.services.suppressions import suppress
from peyvand.channels.outreach.waking import wake
from peyvand.events.outreach import MessagesSettled
from peyvand.foundation.outbox.services import publish
from peyvand.foundation.registry.actor import system_actor
from peyvand.foundation.registry.registry import registry
from peyvand.memory.consents.models import PurposeKind
from peyvand.memory.interactions.services import InteractionRow, record_many

TRIES = 6
PAUSES = (5, 30, 120, 600, 1800)  # seconds before the second, third, … try of what was certainly not taken
KIND = "outreach.message"
PREVIEW = 500  # letters of a text on the timeline
_TOLD = (
    "attempted_at", "created_at", "customer_id", "channel", "staff_id", "cost_minor", "cost_currency", "uid", "purpose",
    "address", "address_key", "language", "source_kind",
)  # fmt: skip  # what the timeline is told of a message whose words are at hand

# A later word never makes of something that arrived something that is only sent, nor of a failure a success.
_SETTLE = """
UPDATE outreach_message m SET
  state = r.state, reason = r.reason, said = left(r.said, 500),
  provider_id = coalesce(nullif(r.provider, ''), m.provider_id),
  parts = coalesce(r.parts, m.parts), cost_minor = coalesce(r.cost, m.cost_minor),
  cost_currency = CASE WHEN r.cost IS NULL THEN m.cost_currency ELSE r.currency END,
  sent_at = CASE WHEN r.state IN ('sent', 'delivered') THEN coalesce(m.sent_at, %(now)s) ELSE m.sent_at END,
  delivered_at = CASE WHEN r.state = 'delivered' THEN coalesce(m.delivered_at, %(now)s) ELSE m.delivered_at END,
  due_at = CASE WHEN r.state IN ('pending', 'indeterminate') THEN r.due ELSE m.due_at END,
  lease = NULL, leased_until = NULL
FROM unnest(%(id)s::bigint[], %(state)s::text[], %(reason)s::text[], %(said)s::text[], %(provider)s::text[],
            %(parts)s::smallint[], %(cost)s::bigint[], %(currency)s::text[], %(due)s::timestamptz[])
  AS r (id, state, reason, said, provider, parts, cost, currency, due)
WHERE m.id = r.id AND m.state = ANY(%(from)s) AND (%(lease)s::uuid IS NULL OR m.lease = %(lease)s OR m.lease IS NULL)
RETURNING m.id, m.demo, m.state, m.customer_id
"""


@dataclass(frozen=True)
class Told:
    """What a provider told of a message later on, by our id or by theirs. `key` tells it from other reports."""

    key: str
    said: str
    uid: uuid.UUID | None = None
    provider_id: str = ""
    code: str = ""
    text: str = ""
    suppress: str = ""
    at: datetime | None = None


def settle(
    outcomes: Iterable[Outcome],
    *,
    now: datetime,
    lease: uuid.UUID | None = None,
    sent: Mapping[int, Outgoing] | None = None,
) -> int:
    """Write down what became of attempted messages, tell the timeline of those that went; gives how many it was.

    With a lease only what that lease attempted is touched, or what was given up as unknown meanwhile.
    """
    given = [one for one in outcomes if one.said != Said.NEVER or lease is None]
    if not given:
        return 0
    with transaction.atomic():
        again = [one.id for one in given if one.said in (Said.AGAIN, Said.NEVER)]
        tries = dict(Message.objects.filter(pk__in=again).values_list("pk", "tries")) if again else {}
        changed = _written([(one, *_state_of(one, tries.get(one.id, 1), now)) for one in given], now=now, lease=lease)
        _suppressions([one for one in given if one.suppress])
        _tell(changed, now=now, sent=sent or {})
    return len(changed)


def _state_of(outcome: Outcome, tries: int, now: datetime) -> tuple[str, datetime]:
    """The state it comes to, and when it is looked at again."""
    if outcome.said in (Said.AGAIN, Said.NEVER):
        if tries >= TRIES:
            return State.FAILED, now
        pause = max(outcome.after, PAUSES[min(tries, len(PAUSES)) - 1] if outcome.said == Said.AGAIN else 0.0)
        return State.PENDING, now + timedelta(seconds=pause)
    states = {
        Said.SENT: State.SENT, Said.DELIVERED: State.DELIVERED, Said.FAILED: State.FAILED,
        Said.UNKNOWN: State.INDETERMINATE,
    }  # fmt: skip
    return states[outcome.said], now + timedelta(seconds=max(outcome.after, 15.0))


def _written(
    rows: Sequence[tuple[Outcome, str, datetime]], *, now: datetime, lease: uuid.UUID | None
) -> list[tuple[int, bool, str, int | None]]:
    values: dict[str, Any] = {
        "now": now, "lease": lease, "from": [State.ATTEMPTING, State.INDETERMINATE],
        "id": [one.id for one, _state, _due in rows], "state": [str(state) for _one, state, _due in rows],
        "reason": [one.code[:60] for one, _state, _due in rows], "said": [one.text for one, _state, _due in rows],
        "provider": [one.provider_id[:200] for one, _state, _due in rows],
        "parts": [one.parts for one, _state, _due in rows], "cost": [one.cost_minor for one, _state, _due in rows],
        "currency": [one.currency for one, _state, _due in rows], "due": [due for _one, _state, due in rows],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE, values)
        return list(cursor.fetchall())


def _suppressions(outcomes: Sequence[Outcome]) -> None:
    rows = Message.objects.in_bulk([one.id for one in outcomes])
    for outcome in outcomes:
        if (row := rows.get(outcome.id)) is not None and row.address_key:
            suppress(
                demo=row.demo, channel=row.channel, address_key=row.address_key, address=row.address,
                customer_id=row.customer_id, reason=outcome.suppress,
                line=row.line if outcome.suppress == "blacklist" else "",
                kinds=[PurposeKind.MARKETING] if outcome.suppress == "blacklist" else [], source=f"message:{row.pk}",
            )  # fmt: skip


def _tell(changed: Sequence[tuple[int, bool, str, int | None]], *, now: datetime, sent: Mapping[int, Outgoing]) -> None:
    """The timeline hears of what went, other rooms of what was settled, the next channel of what failed for good."""
    by_business: dict[bool, list[tuple[int, str, int | None]]] = defaultdict(list)
    for pk, demo, state, customer_id in changed:
        by_business[demo].append((pk, state, customer_id))
    for demo, rows in by_business.items():
        actor = system_actor(demo=demo)
        went = [pk for pk, state, _customer in rows if state in (State.SENT, State.DELIVERED)]
        record_many(actor=actor, rows=interactions_of(went, sent=sent))
        ended = [(pk, state) for pk, state, _customer in rows if state not in (State.PENDING, State.INDETERMINATE)]
        if ended:
            publish(
                MessagesSettled(
                    message_ids=tuple(pk for pk, _state in ended), states=tuple(str(state) for _pk, state in ended),
                    demo=demo,
                ),
                actor=actor,
            )  # fmt: skip
        failed = [pk for pk, state, _customer in rows if state == State.FAILED]
        if failed:
            fall_back(failed, now=now)


def interactions_of(ids: Sequence[int], *, sent: Mapping[int, Outgoing]) -> list[InteractionRow]:
    """The timeline's rows of messages that went; a message is one contact, however often it is told of."""
    if not ids:
        return []
    rows = Message.objects.filter(pk__in=list(ids)).order_by("pk")
    rows = rows.only(*_TOLD) if all(pk in sent for pk in ids) else rows.prefetch_related("content")
    return [_row(row, sent.get(row.pk)) for row in rows]


def _row(row: Message, outgoing: Outgoing | None) -> InteractionRow:
    kind, system, key = _identity(row)
    return InteractionRow(
        kind=KIND, at=row.attempted_at or row.created_at, customer_id=row.customer_id, channel=row.channel,
        direction="out", staff_id=row.staff_id, source_kind=KIND, source_id=row.pk, cost_minor=row.cost_minor,
        cost_currency=row.cost_currency if row.cost_minor is not None else "", dedupe_key=f"outreach:{row.uid}",
        payload=_payload(row, outgoing), identity_kind=kind, identity_system=system, identity_key=key,
    )  # fmt: skip


def _identity(row: Message) -> tuple[str, str, str]:
    """By what a recipient whom nobody knows is known later: what we said comes to them with what they said."""
    if row.customer_id is not None or not row.address_key or not registry.has(Carrier, row.channel):
        return "", "", ""
    return registry.get(Carrier, row.channel).identity, row.channel.partition(":")[2], row.address_key


def _payload(row: Message, outgoing: Outgoing | None) -> dict[str, Any]:
    payload: dict[str, Any] = {"purpose": row.purpose, "to": row.address, "language": row.language}
    words = outgoing or _drawn_again(row)
    if words is not None:
        payload |= {"subject": words.subject[:300], "text": words.text[:PREVIEW]}
    if row.source_kind:
        payload["source"] = row.source_kind
    return payload


def _drawn_again(row: Message) -> Drawn | None:
    """What was said, of a message whose worker has died before it could tell."""
    if row.content is None or not registry.has(Carrier, row.channel):
        return None
    carrier, values = registry.get(Carrier, row.channel), {**row.values, **row.merged}
    return drawn(row.content.texts, values, carrier=carrier, account=None, kind=row.kind, language=row.language)


def fall_back(ids: Sequence[int], *, now: datetime) -> int:
    """Ask for the next channel of what failed for good, where its purpose says so and a channel is left."""
    made = 0
    for row in Message.objects.filter(pk__in=list(ids)).select_related("content"):
        if not row.thread.get("fallback"):
            continue
        left = [one for one in row.thread["fallback"] if one != row.channel]
        if not left or (row.expires_at is not None and row.expires_at <= now):
            continue
        key = f"{row.dedupe_key[:190]}#{row.step + 1}"
        _row, new = Message.objects.get_or_create(
            demo=row.demo, dedupe_key=key,
            defaults={
                "customer_id": row.customer_id, "purpose": row.purpose, "kind": row.kind, "options": left,
                "content": row.content, "language": row.language, "values": row.values, "source_kind": row.source_kind,
                "source_id": row.source_id, "staff_id": row.staff_id, "priority": row.priority, "step": row.step + 1,
                "previous": row, "thread": {**row.thread, "fallback": left}, "files": row.files, "due_at": now,
                "expires_at": row.expires_at,
            },
        )  # fmt: skip
        made += new
    if made:
        wake()
    return made


def report(told: Sequence[Told], *, channel: str, now: datetime | None = None) -> int:
    """Take in what a provider tells of messages later on; told five times at once it is taken once. Gives how many were
    new. What is told of messages that we did not send is passed over.
    """
    moment, taken = now or timezone.now(), 0
    registry.get(Carrier, channel)
    for one in told:
        with transaction.atomic():
            found = _message_of(one, channel)
            if found is None:
                continue
            _row, new = DeliveryReport.objects.get_or_create(
                message=found, key=one.key[:200],
                defaults={
                    "demo": found.demo, "said": one.said, "code": one.code[:60], "text": one.text[:500],
                    "at": one.at or moment,
                },
            )  # fmt: skip
            if not new:
                continue
            taken += 1
            _reported(found, one, now=moment)
    return taken


def _message_of(told: Told, channel: str) -> Message | None:
    rows = Message.objects.select_for_update(of=("self",), no_key=True).filter(channel=channel)
    if told.uid is not None:
        return rows.filter(uid=told.uid).first()
    return rows.filter(provider_id=told.provider_id).order_by("-pk").first() if told.provider_id else None


_FORWARD: Mapping[str, Mapping[str, str]] = {
    Said.SENT: {State.ATTEMPTING: State.SENT, State.INDETERMINATE: State.SENT},
    Said.DELIVERED: dict.fromkeys((State.ATTEMPTING, State.INDETERMINATE, State.SENT, State.FAILED), State.DELIVERED),
    Said.FAILED: dict.fromkeys((State.ATTEMPTING, State.INDETERMINATE, State.SENT), State.FAILED),
}


def _reported(row: Message, told: Told, *, now: datetime) -> None:
    state = _FORWARD.get(told.said, {}).get(State(row.state))
    if state is not None:
        row.state, row.reason, row.said = state, told.code[:60], told.text[:500]
        row.lease = row.leased_until = None
        if state in (State.SENT, State.DELIVERED):
            row.sent_at = row.sent_at or now
        if state == State.DELIVERED:
            row.delivered_at = told.at or now
        row.provider_id = row.provider_id or told.provider_id[:200]
        row.save(
            update_fields=[
                "state", "reason", "said", "lease", "leased_until", "sent_at", "delivered_at", "provider_id",
            ]
        )  # fmt: skip
        _tell([(row.pk, row.demo, state, row.customer_id)], now=now, sent={})
    if told.suppress:
        _suppressions([Outcome(row.pk, told.said, suppress=told.suppress)])
