"""What a provider tells of our messages, for the ledger: arrived, came back, reported, wanted no more. Once each."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from anymail.signals import EventType, RejectReason
from django.db import transaction
from django.utils import timezone

from peyvand.channels.email.hearing import judging
from peyvand.channels.email.hearing.calling import ODD
from peyvand.channels.email.hearing.taking import CHANNEL, complaint_take, kept_coming_back, take_back
from peyvand.channels.email.models import EmailAccount
from peyvand.channels.email.speaking.mime import uid_of
from peyvand.channels.email.speaking.providers import MARK
from peyvand.channels.outreach.declarations import Said
from peyvand.channels.outreach.dispatching.settling import Told, report
from peyvand.channels.outreach.models import Message, Reason

COMPLAINED, UNSUBSCRIBED = "complained", "unsubscribed"
# Opened, clicked and the like are nobody's business here.
_SAID: Mapping[str, str] = {
    EventType.SENT: Said.SENT, EventType.DELIVERED: Said.DELIVERED, EventType.DEFERRED: "delayed",
    EventType.BOUNCED: Said.FAILED, EventType.REJECTED: Said.FAILED, EventType.FAILED: Said.FAILED,
    EventType.COMPLAINED: COMPLAINED, EventType.UNSUBSCRIBED: UNSUBSCRIBED,
}  # fmt: skip


def _mailgun(raw: Any) -> bool:
    data = raw["event-data"]
    said = data.get("delivery-status") or {}
    told = f"{said.get('message', '')} {said.get('description', '')}"
    code = str(said.get("enhanced-code") or "") or judging.status_of(told)
    return data.get("reason") == "suppress-bounce" or judging.nobody_there(code, told)


def _sparkpost(raw: Any) -> bool:
    return any(str(one.get("bounce_class")) in ("10", "30") for one in raw["msys"].values())


def _resend(raw: Any) -> bool:
    bounce = raw["data"]["bounce"]
    return bool(bounce.get("type") == "Permanent" and bounce.get("subType") != "Suppressed")


# Anymail tells no address that there is not from a full mailbox; the providers do, each in its own way.
_HARD: Mapping[str, Callable[[Any], bool]] = {
    "mailgun": _mailgun, "sparkpost": _sparkpost, "resend": _resend,
    "postmark": lambda raw: (raw.get("Type") or raw.get("SuppressionReason")) in ("HardBounce", "BadEmailAddress"),
    "brevo": lambda raw: raw.get("event") in ("hard_bounce", "invalid_email"),
    "mailjet": lambda raw: raw.get("hard_bounce") is True,
    "mailersend": lambda raw: raw["data"]["type"] == "hard_bounced",
}  # fmt: skip


def event_take(account: EmailAccount, event: Any) -> bool:
    """One event, as Anymail reads it; gives whether it was new. What is told of no message of this account's is
    passed over.
    """
    said = _SAID.get(event.event_type)
    message = _message_of(account, event) if said is not None else None
    if said is None or message is None:
        return False
    words = " ".join(str(event.mta_response or event.description or "").replace("\x00", "").split())[:500]
    hard = said == Said.FAILED and _hard(account, event)
    told = Told(
        _key(event), said, uid=message.uid, code=judging.status_of(words) or _reason(event), text=words,
        at=_moment(event), suppress=Reason.HARD_BOUNCE if hard else "",
    )  # fmt: skip
    with transaction.atomic():
        new = bool(report([told], channel=CHANNEL))
        if new and said == COMPLAINED:
            complaint_take(message, report=told.key, by=account.provider)
        elif new and said == UNSUBSCRIBED:
            take_back(message, report=told.key, by=account.provider)
        elif new and event.event_type == EventType.BOUNCED and not hard:
            kept_coming_back(message.uid)
    return new


def _message_of(account: EmailAccount, event: Any) -> Message | None:
    """By our own id, which went along with the message; else by the provider's."""
    ours = Message.objects.filter(channel=CHANNEL, demo=account.demo, account_id=account.pk)
    theirs = str(event.message_id or "").replace("\x00", "")[:200]
    marked = event.metadata.get(MARK) if isinstance(event.metadata, dict) else None
    for uid in (_uid(marked), uid_of(theirs)):
        if uid is not None and (found := ours.filter(uid=uid).first()) is not None:
            return found
    return ours.filter(provider_id=theirs).order_by("-pk").first() if theirs else None


def _uid(text: object) -> UUID | None:
    try:
        return UUID(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _hard(account: EmailAccount, event: Any) -> bool:
    if event.reject_reason == RejectReason.INVALID:
        return True
    try:
        return _HARD[account.provider](event.esp_event)
    except ODD:
        return False


def _reason(event: Any) -> str:
    return str(event.reject_reason or event.event_type)[:60]


def _moment(event: Any) -> datetime:
    now = timezone.now()
    at = event.timestamp
    if not isinstance(at, datetime):
        return now
    return min(at if at.tzinfo is not None else at.replace(tzinfo=UTC), now)


def _key(event: Any) -> str:
    """The same of the same event however often it is told: signatures and marks of a call change from try to try."""
    at = event.timestamp
    if isinstance(at, datetime):
        return f"event:{event.event_type}:{at.isoformat()}"
    plain = json.dumps(event.esp_event, sort_keys=True, default=str)
    return f"event:{event.event_type}:{hashlib.sha256(plain.encode('utf-8', 'replace')).hexdigest()[:32]}"
