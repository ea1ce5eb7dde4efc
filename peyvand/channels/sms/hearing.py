"""What comes in: by a provider's call or by asking. Reports go to the ledger, words that stop or start are obeyed at
once, everything else is a customer who wrote to us. What comes five times is taken once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from peyvand.channels.conversations.data import Received
from peyvand.channels.conversations.services import receive
from peyvand.channels.outreach.addresses import digest_of
from peyvand.channels.outreach.declarations import Asked, HookAnswer, HookRequest, Outcome, Said
from peyvand.channels.outreach.dispatching.settling import Told, report
from peyvand.channels.outreach.models import Message, Reason, State, Suppression
from peyvand.channels.outreach.services import suppress
from peyvand.channels.sms.adapters import ADAPTERS
from peyvand.channels.sms.adapters.base import Came, Heard, NotNowError
from peyvand.channels.sms.carrier import access_of
from peyvand.channels.sms.models import SmsAccount
from peyvand.channels.sms.words import meant
from peyvand.foundation.registry.actor import system_actor
from peyvand.foundation.text.identifiers import IdentifierError, parse_phone
from peyvand.memory.consents.models import ConsentEntry, Decision, Purpose, PurposeKind, Recorder, Source
from peyvand.memory.consents.services import ConsentRow, consents_write
from peyvand.memory.customers.models import Identity, IdentityKind

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
        if word == "stop":
            _stop(row, sender, at)
        elif word == "start":
            _start(row, sender, at)
    return 1


def _owners(row: SmsAccount, sender: str) -> list[int]:
    """Everybody who has this number: who shares a telephone shares its silence."""
    rows = Identity.objects.filter(demo=row.demo, kind=IdentityKind.PHONE, key=sender)
    return sorted(set(rows.values_list("customer_id", flat=True)))


def _rows(
    row: SmsAccount, owners: Sequence[int], purposes: Sequence[str], decision: str, at: datetime
) -> list[ConsentRow]:
    proof = {"line": row.line, "provider": row.provider}
    return [
        ConsentRow(
            customer_id=owner, purpose=purpose, channel=CHANNEL, decision=decision, source=Source.MESSAGE, at=at,
            recorder=Recorder.CUSTOMER, proof_data=proof,
        )
        for owner in owners
        for purpose in purposes
    ]  # fmt: skip


def _stop(row: SmsAccount, sender: str, at: datetime) -> None:
    """No more of marketing over this line, and the consents for text messages are taken back."""
    owners = _owners(row, sender)
    kinds = [PurposeKind.MARKETING, PurposeKind.RESEARCH]
    purposes = list(Purpose.objects.filter(demo=row.demo, kind__in=kinds).values_list("key", flat=True))
    consents_write(
        actor=system_actor(demo=row.demo, name=sender), rows=_rows(row, owners, purposes, Decision.WITHDRAWN, at)
    )
    suppress(
        demo=row.demo, channel=CHANNEL, address_key=sender, line=row.line, reason=Reason.OPT_OUT,
        customer_id=owners[0] if len(owners) == 1 else None, kinds=[str(kind) for kind in kinds],
        source=f"sms:{row.line}",
    )  # fmt: skip


def _start(row: SmsAccount, sender: str, at: datetime) -> None:
    """They join again: what they had taken back by a word is given again, with this word as its proof."""
    Suppression.objects.filter(
        demo=row.demo, channel=CHANNEL, digest=digest_of(CHANNEL, sender), line=row.line, reason=Reason.OPT_OUT
    ).delete()
    owners = _owners(row, sender)
    before = ConsentEntry.objects.filter(
        customer_id__in=owners, channel=CHANNEL, decision=Decision.WITHDRAWN, source=Source.MESSAGE
    )
    purposes = list(before.values_list("purpose__key", flat=True).distinct().order_by("purpose__key"))
    if purposes:
        rows = _rows(row, owners, purposes, Decision.GIVEN, at)
        consents_write(actor=system_actor(demo=row.demo, name=sender), rows=rows)


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
