"""What comes in: by a provider's call or by asking. Reports go to the ledger, words that stop or start are obeyed at
once, everything else is a customer who wrote to us. What comes five times is taken once.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from peyvand.channels.conversations.data import Received
from peyvand.channels.conversations.services import receive
from peyvand.channels.outreach.declarations import Asked, HookAnswer, HookRequest, Outcome, Said
from peyvand.channels.outreach.dispatching.settling import Told, report
from peyvand.channels.outreach.models import Message, State
from peyvand.channels.outreach.services.opting import Said as Word
from peyvand.channels.outreach.services.opting import started, stopped
from peyvand.channels.sms.adapters import ADAPTERS
from peyvand.channels.sms.adapters.base import Came, Heard, NotNowError
from peyvand.channels.sms.carrier import access_of
from peyvand.channels.sms.models import SmsAccount
from peyvand.channels.sms.words import meant
from peyvand.foundation.text.identifiers import IdentifierError, parse_phone
from peyvand.memory.customers.models import IdentityKind

CHANNEL = "sms"
ASKED_FOR = timedelta(hours=72)  # a message without a report is asked after so long
AT_ONCE = 200


def take(request: HookRequest) -> HookAnswer:
    """A provider's call to an account's address."""
    row = SmsAccount.objects.filter(hook=request.token).first()
    adapter = ADAPTERS.get(row.provider) if row is not None else None
    if row is None or adapter is None or adapter.hook is None:
        return HookAnswer(status=404)
    came = adapter.hook(access_of(row), request)
    if came is None:
        return HookAnswer(status=400)
    taken(row, came)
    return HookAnswer(status=200, body="OK")


def taken(row: SmsAccount, came: Came) -> int:
    """Take in what came; gives how much of it was new."""
    new = report(list(came.told), channel=CHANNEL) if came.told else 0
    return new + sum(_heard(row, one) for one in came.heard)


def _heard(row: SmsAccount, one: Heard) -> int:
    try:
        sender = parse_phone(one.sender).e164
    except IdentifierError:
        sender = one.sender.strip()[:254]
    now = timezone.now()
    at = one.at if one.at is not None and one.at <= now + timedelta(minutes=5) else now
    word = meant(one.text)
    with transaction.atomic():
        entry = receive(
            demo=row.demo,
            received=Received(
                channel=CHANNEL, account_id=row.pk, external_id=f"{row.pk}:{one.id}"[:300], at=at, address=sender,
                shown_address=one.sender[:254], text=one.text, automatic=bool(word),
                proof={"line": one.line or row.line, "provider": row.provider},
            ),
        )  # fmt: skip
        if entry is None:
            return 0
        said = Word(
            demo=row.demo, channel=CHANNEL, kind=IdentityKind.PHONE, key=sender, at=at, line=row.line,
            proof={"line": row.line, "provider": row.provider},
        )  # fmt: skip
        if word == "stop":
            stopped(said)
        elif word == "start":
            started(said)
    return 1


# ── asking, where nobody calls ────────────────────────────────────────────


def poll_all() -> None:
    """Ask every line that has to be asked for what came in, and for the fate of what has no report yet."""
    for row in SmsAccount.objects.filter(enabled=True).order_by("id"):
        adapter = ADAPTERS.get(row.provider)
        if adapter is None:
            continue
        if adapter.poll is not None:
            try:
                taken(row, Came(heard=adapter.poll(access_of(row))))
                SmsAccount.objects.filter(pk=row.pk).update(heard_at=timezone.now())
            except NotNowError as error:
                SmsAccount.objects.filter(pk=row.pk).update(trouble=str(error)[:300])
        statuses_ask(row)


def statuses_ask(row: SmsAccount, *, now: datetime | None = None) -> int:
    """Ask for the fate of messages that were taken but not reported on, for three days; gives how many are settled."""
    adapter = ADAPTERS[row.provider]
    if adapter.status is None:
        return 0
    moment = now or timezone.now()
    waiting = Message.objects.filter(
        account_id=row.pk, channel=CHANNEL, state=State.SENT, sent_at__gt=moment - ASKED_FOR,
        sent_at__lt=moment - timedelta(minutes=2),
    ).order_by("sent_at")[:AT_ONCE]  # fmt: skip
    from_ledger = {one.pk: one for one in waiting}
    asked = [_asked(one) for one in from_ledger.values()]
    settled = 0
    for start in range(0, len(asked), adapter.batch):
        for outcome in adapter.status(access_of(row), asked[start : start + adapter.batch]):
            if outcome.said in (Said.DELIVERED, Said.FAILED):
                settled += report([_told(from_ledger[outcome.id], outcome)], channel=CHANNEL)
    return settled


def _asked(message: Message) -> Asked:
    return Asked(message.pk, message.uid, message.provider_id, message.address_key)


def _told(message: Message, outcome: Outcome) -> Told:
    return Told(
        f"asked:{outcome.said}:{outcome.code}", outcome.said, uid=message.uid, code=outcome.code, text=outcome.text,
        suppress=outcome.suppress,
    )  # fmt: skip


def credits_ask() -> None:
    """What is left at each provider, for the accounts' page."""
    for row in SmsAccount.objects.filter(enabled=True).order_by("id"):
        adapter = ADAPTERS.get(row.provider)
        if adapter is None or adapter.credit is None:
            continue
        try:
            said = adapter.credit(access_of(row))[:60]
        except NotNowError as error:
            SmsAccount.objects.filter(pk=row.pk).update(trouble=str(error)[:300])
        else:
            SmsAccount.objects.filter(pk=row.pk).update(credit=said, credit_at=timezone.now())
