"""Asking for messages: one to one customer, or the same to many; and calling them off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from psycopg.types.json import Jsonb

from peyvand.channels.outreach import access
from peyvand.channels.outreach.declarations import Carrier
from peyvand.channels.outreach.dispatching.judged import judged_now
from peyvand.channels.outreach.errors import InvalidError
from peyvand.channels.outreach.models import Content, Message, State, Template
from peyvand.channels.outreach.services.contents import ContentData, content_of
from peyvand.channels.outreach.waking import wake
from peyvand.foundation.changes.services import record
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.text.identifiers import IdentifierError
from peyvand.memory.consents.models import Purpose
from peyvand.memory.consents.services import purposes_begin
from peyvand.memory.customers.keys import identity_key
from peyvand.memory.customers.models import Customer

PREFERRED = ""
LIVE, SERVICE, BULK = 1, 5, 9  # priorities: who waits at the other end goes first
AT_ONCE = 1_000
KEY_LENGTH = 200

_INSERT = """
INSERT INTO outreach_message (demo, uid, customer_id, purpose, kind, channel, options, account_id, line, address,
  address_key, content_id, language, values, merged, dedupe_key, source_kind, source_id, step, staff_id, priority,
  state, reason, verdict, thread, files, due_at, expires_at, tries, asked, provider_id, parts, cost_currency, said)
SELECT %(demo)s, gen_random_uuid(), c.id, %(purpose)s, %(kind)s, '', %(options)s, %(account)s, '', '', '', %(content)s,
  c.language, r.values, '{}', left(%(key)s || ':' || c.id, 200), %(source_kind)s, %(source_id)s, 1, %(staff)s,
  %(priority)s, 'pending', '', '[]', '{}', '[]', %(due)s, %(expires)s, 0, 0, '', 1, '', ''
FROM unnest(%(ids)s::bigint[], %(values)s::jsonb[]) AS r (id, values)
JOIN customers_customer c ON c.id = r.id AND c.demo = %(demo)s
ON CONFLICT (demo, dedupe_key) DO NOTHING
RETURNING id
"""


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked for one recipient. `customer` None needs an `address` and an opted-out purpose: they wrote to us.

    `dedupe_key` is the caller's own name for this message: asked for twice, it is sent once. `channel` "" lets the
    recipient's preference decide. `values` are plain words for the fields of the text. `answers`: the customer wrote
    first and waits for this, so permission, caps and quiet hours don't stand in its way; suppression does.
    `at_once`: the caller hands it to `dispatching.standing.dispatch_now` after the commit, so that no worker is woken.
    """

    customer: int | None
    purpose: str
    content: ContentData | Template | Content | str
    dedupe_key: str
    channel: str = PREFERRED
    source: tuple[str, int | None] = ("", None)
    address: str = ""
    account_id: int | None = None
    language: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    answers: bool = False
    thread: Mapping[str, Any] = field(default_factory=dict)
    files: Sequence[int] = ()
    due_at: datetime | None = None
    expires_at: datetime | None = None
    priority: int = SERVICE
    at_once: bool = False


def send(*, actor: Actor, request: Request) -> Message:
    """Ask for one message; gives its row in the ledger, with what the gate says of it now.

    What may go is sent by a worker, after the caller's commit. NotAllowed; Customer.DoesNotExist for one to whom the
    actor may not write; InvalidError for an unknown purpose, channel, template or address.
    """
    actor.require(access.SEND)
    purpose = purpose_of(actor, request.purpose)
    channel, key = _checked(request)
    with transaction.atomic():
        person = _person(actor, request)
        content = content_of(actor=actor, given=request.content)
        known = Message.objects.filter(demo=actor.demo, dedupe_key=request.dedupe_key).first()
        if known is not None:
            return known
        now = timezone.now()
        made, new = Message.objects.get_or_create(
            demo=actor.demo, dedupe_key=request.dedupe_key,
            defaults={
                "customer": person, "purpose": purpose.key, "kind": purpose.kind, "options": [channel],
                "account_id": request.account_id, "address": request.address.strip(), "address_key": key,
                "content": content, "language": request.language or (person.language if person else ""),
                "values": plain_values(request.values), "source_kind": request.source[0],
                "source_id": request.source[1], "staff_id": actor.user_id, "priority": request.priority,
                "thread": {**request.thread, **({"answers": True} if request.answers else {})},
                "files": list(request.files), "due_at": request.due_at or now, "expires_at": request.expires_at,
            },
        )  # fmt: skip
        if new:
            if made.due_at <= now:
                judged_now(made, now=now)
            if not (request.at_once and made.due_at <= now):
                wake()
    return made


def _checked(request: Request) -> tuple[str, str]:
    """The channel and the key of the address; InvalidError."""
    if not request.dedupe_key or len(request.dedupe_key) > KEY_LENGTH or "\x00" in request.dedupe_key:
        raise InvalidError({"dedupe_key": _("A message needs a name of its own, of at most 200 letters.")})
    if request.channel and not registry.has(Carrier, request.channel):
        raise InvalidError({"channel": _("Choose one of the channels.")})
    if not request.address:
        return request.channel, ""
    if not request.channel:
        raise InvalidError({"channel": _("Say over which channel this address is reached.")})
    try:
        return request.channel, identity_key(registry.get(Carrier, request.channel).identity, request.address)
    except IdentifierError as error:
        raise InvalidError({"address": str(error)}) from None


def _person(actor: Actor, request: Request) -> Customer | None:
    if request.customer is None:
        if not request.address or not request.answers:
            raise InvalidError({"customer": _("Say who is to get it.")})
        return None
    return access.customers_within(actor, access.SEND).get(pk=request.customer)


def purpose_of(actor: Actor, key: str) -> Purpose:
    """The purpose of that key; InvalidError."""
    rows = Purpose.objects.filter(demo=actor.demo, key=key, archived=False)
    found = rows.first()
    if found is None and purposes_begin(demo=actor.demo):  # whoever writes first may be nobody's customer yet
        found = rows.first()
    if found is None:
        raise InvalidError({"purpose": _("Choose one of the purposes.")})
    return found


def plain_values(values: Mapping[str, str]) -> dict[str, str]:
    """Words only, of a sane length: nothing that is given along can be anything but text."""
    return {str(name)[:80]: str(value).replace("\x00", "")[:2_000] for name, value in values.items()}


@dataclass(frozen=True)
class BulkResult:
    """How many messages were asked for, and how many customers were passed over: asked for before, or not one's own."""

    asked: int
    known: int


def send_many(
    *,
    actor: Actor,
    customers: Sequence[int],
    purpose: str,
    content: ContentData | Template | Content | str,
    dedupe_key: str,
    channel: str = PREFERRED,
    source: tuple[str, int | None] = ("", None),
    values: Mapping[int, Mapping[str, str]] | None = None,
    account_id: int | None = None,
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
    priority: int = BULK,
) -> BulkResult:
    """Ask for the same message to many customers, in batches of a thousand; the gate looks at each when it is sent.

    Each has the name "<dedupe_key>:<customer>": asked for again, nobody gets it twice. NotAllowed and InvalidError;
    customers to whom the actor may not write are passed over.
    """
    actor.require(access.SEND)
    found = purpose_of(actor, purpose)
    if channel and not registry.has(Carrier, channel):
        raise InvalidError({"channel": _("Choose one of the channels.")})
    if not dedupe_key or len(dedupe_key) > KEY_LENGTH - 24:
        raise InvalidError({"dedupe_key": _("A message needs a name of its own, of at most 200 letters.")})
    kept = content_of(actor=actor, given=content)
    ids, asked = list(dict.fromkeys(customers)), 0
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        reached = list(access.customers_within(actor, access.SEND).filter(pk__in=some).values_list("pk", flat=True))
        with transaction.atomic(), connection.cursor() as cursor:
            given: dict[str, Any] = {
                    "demo": actor.demo, "purpose": found.key, "kind": found.kind, "options": Jsonb([channel]),
                    "account": account_id, "content": kept.pk, "key": dedupe_key, "source_kind": source[0],
                    "source_id": source[1], "staff": actor.user_id, "priority": priority,
                    "due": due_at or timezone.now(), "expires": expires_at, "ids": reached,
                    "values": [Jsonb(plain_values((values or {}).get(pk, {}))) for pk in reached],
            }  # fmt: skip
            cursor.execute(_INSERT, given)
            asked += len(cursor.fetchall())
            wake()
    record(
        actor=actor, kind="send", title=gettext("Message to many: %(name)s") % {"name": kept.title or dedupe_key},
        reference={"asked": asked, "key": dedupe_key, "purpose": purpose},
    )  # fmt: skip
    return BulkResult(asked=asked, known=len(ids) - asked)


def cancel(*, actor: Actor, source: tuple[str, int | None]) -> int:
    """Call off what one source has asked for and what has not gone yet; gives how many. NotAllowed."""
    actor.require(access.SEND)
    living = Message.objects.visible_to(actor, access.SEND).filter(
        source_kind=source[0], source_id=source[1], state__in=[State.PENDING, State.HELD]
    )
    with transaction.atomic():
        ids = list(living.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True))
        return Message.objects.filter(pk__in=ids).update(state=State.CANCELLED, reason="cancelled", lease=None)


def message_cancel(*, actor: Actor, message: Message) -> Message:
    """Call one off while it waits or is held. NotAllowed, Message.DoesNotExist, InvalidError when it has gone."""
    actor.require(access.SEND)
    with transaction.atomic():
        found = Message.objects.visible_to(actor, access.SEND).select_for_update(of=("self",)).get(pk=message.pk)
        if found.state not in (State.PENDING, State.HELD):
            raise InvalidError({"state": _("This message can't be called off any more.")})
        found.state, found.reason = State.CANCELLED, "cancelled"
        found.save(update_fields=["state", "reason"])
    return found


def message_decide(*, actor: Actor, message: Message, arrived: bool) -> Message:
    """Say of a message whose fate nobody knows whether it arrived, as somebody found out by asking the customer.

    One that did not arrive is failed, never sent again by itself. NotAllowed, Message.DoesNotExist, InvalidError.
    """
    actor.require(access.SEND)
    with transaction.atomic():
        found = Message.objects.visible_to(actor, access.SEND).select_for_update(of=("self",)).get(pk=message.pk)
        if found.state != State.INDETERMINATE:
            raise InvalidError({"state": _("What became of this message is known.")})
        found.state = State.SENT if arrived else State.FAILED
        found.reason = "said-by-staff"
        found.sent_at = found.sent_at or (found.attempted_at if arrived else None)
        found.save(update_fields=["state", "reason", "sent_at"])
        title = gettext("What became of a message was settled")
        record(actor=actor, kind="edit", title=title, reference={"message": found.pk, "arrived": arrived})
    return found


def test_send(
    *, actor: Actor, customer: Customer, content: ContentData | Template, channel: str, address: str
) -> Message:
    """Send a text to oneself as that customer would read it, to an address of one's own, exempt from caps."""
    actor.require(access.SEND)
    moment = timezone.now()
    request = Request(
        customer=customer.pk, purpose="service", content=content, channel=channel, address=address, answers=True,
        dedupe_key=f"test:{actor.user_id}:{moment.timestamp()}", source=("outreach.test", actor.user_id), priority=LIVE,
        expires_at=moment + timedelta(hours=1),
    )  # fmt: skip
    return send(actor=actor, request=request)
