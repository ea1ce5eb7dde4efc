"""One mail taken in: a report on a message of ours, or somebody's words; once, however often it comes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from peyvand.channels.conversations.data import Received
from peyvand.channels.conversations.models import Conversation, Entry, Way
from peyvand.channels.conversations.services import receive
from peyvand.channels.email.hearing import judging
from peyvand.channels.email.hearing.judging import Bounce
from peyvand.channels.email.hearing.parsing import Parsed, parsed
from peyvand.channels.email.hearing.proving import FAIL, KeyFinder, Proved, key_of, proved
from peyvand.channels.email.models import EmailAccount, Fate
from peyvand.channels.email.speaking.mime import uid_of
from peyvand.channels.email.tokens import conversation_of
from peyvand.channels.outreach.declarations import Said
from peyvand.channels.outreach.dispatching.settling import Told, report
from peyvand.channels.outreach.models import DeliveryReport, Message, Reason
from peyvand.channels.outreach.services import suppress
from peyvand.foundation.accounts import settings
from peyvand.foundation.registry.actor import system_actor
from peyvand.memory.consents.models import Decision, Purpose, PurposeKind, Recorder, Source
from peyvand.memory.consents.services import ConsentRow, consents_write
from peyvand.memory.customers.models import Identity, IdentityKind

CHANNEL = "email"
SOFT_BOUNCES, SOFT_WITHIN = 5, timedelta(days=14)
SAME_WITHIN, SAME_MOST = timedelta(hours=1), 2  # the same words once more than so often: machines talk to each other


@dataclass(frozen=True)
class Taken:
    """What became of a mail, and why where it was not kept."""

    fate: str
    external_id: str
    why: str = ""


@dataclass(frozen=True)
class Understood:
    """A mail taken apart, with what is known of its sender's truth."""

    mail: Parsed
    proof: Proved


def understood(account: EmailAccount, raw: bytes, *, key_finder: KeyFinder = key_of) -> Understood:
    """Take a mail apart and ask who sent it; outside of any transaction, as DNS may take its time."""
    mail = parsed(raw)
    return Understood(mail, proved(mail, raw, authserv=account.authserv, key_finder=key_finder))


@settings.remembered()
def take(account: EmailAccount, found: Understood, *, at: datetime | None = None) -> Taken:
    """Take a mail in. `at` is when one's own server got it, None where nobody says."""
    mail = found.mail
    if not mail.sender and not mail.text and not mail.html and not mail.files and not mail.subject:
        return Taken(Fate.SKIPPED, mail.external_id, "empty")
    uid = judging.named_in(mail)
    if uid is not None and (bounce := judging.bounce_of(mail, uid)) is not None:
        return _bounced(account, mail, bounce)
    complained = judging.complained_of(mail)
    if complained is not None and _complained(account, mail, complained):
        return Taken(Fate.REPORT, mail.external_id, "complaint")
    if mail.sender and EmailAccount.objects.filter(demo=account.demo, address=mail.sender).exists():
        return Taken(Fate.SKIPPED, mail.external_id, "ours")
    return _said(account, mail, found.proof, at=_moment(mail, at), uid=uid)


def _moment(mail: Parsed, at: datetime | None) -> datetime:
    now = timezone.now()
    for one in (at, mail.date):
        if one is not None and one <= now + timedelta(minutes=5):
            return min(one, now)
    return now


# ── reports ───────────────────────────────────────────────────────────────


def _bounced(account: EmailAccount, mail: Parsed, bounce: Bounce) -> Taken:
    """Whatever else is in it, a bounce to a message's own address is told to the ledger, once."""
    key = f"dsn:{hashlib.sha256(mail.external_id.encode()).hexdigest()[:32]}"
    said = Said.FAILED if bounce.final else "delayed"
    told = Told(
        key, said, uid=bounce.uid, code=bounce.status, text=bounce.words, at=mail.date,
        suppress=Reason.HARD_BOUNCE if bounce.hard else "",
    )  # fmt: skip
    new = report([told], channel=CHANNEL)
    if new and bounce.final and not bounce.hard:
        kept_coming_back(bounce.uid)
    return Taken(Fate.REPORT, mail.external_id, "bounce" if bounce.final else "delay")


def kept_coming_back(uid: UUID) -> None:
    """An address from which five messages came back within two weeks gets nothing more."""
    message = Message.objects.filter(uid=uid).first()
    if message is None or not message.address_key:
        return
    since = timezone.now() - SOFT_WITHIN
    came = DeliveryReport.objects.filter(
        message__channel=CHANNEL, message__address_key=message.address_key, message__demo=message.demo,
        said=Said.FAILED, at__gt=since,
    )  # fmt: skip
    if came.values("message_id").distinct().count() >= SOFT_BOUNCES:
        suppress(
            demo=message.demo, channel=CHANNEL, address_key=message.address_key, address=message.address,
            customer_id=message.customer_id, reason=Reason.SOFT_BOUNCE, source=f"message:{message.pk}",
        )  # fmt: skip


def _complained(account: EmailAccount, mail: Parsed, uid: UUID) -> bool:
    message = Message.objects.filter(uid=uid, channel=CHANNEL, demo=account.demo).first()
    if message is None:
        return False
    complaint_take(message, report=mail.external_id, by=mail.sender)
    return True


def complaint_take(message: Message, *, report: str, by: str) -> None:
    """Nothing of marketing goes to who reported us, and what they allowed of it is taken back."""
    with transaction.atomic():
        suppress(
            demo=message.demo, channel=CHANNEL, address_key=message.address_key, address=message.address,
            customer_id=message.customer_id, reason=Reason.COMPLAINT, source=f"message:{message.pk}",
            kinds=[PurposeKind.MARKETING, PurposeKind.RESEARCH],
        )  # fmt: skip
        take_back(message, report=report, by=by)


def take_back(message: Message, *, report: str, by: str) -> None:
    """What its recipient allowed of marketing over e-mail is allowed no more; `report` and `by` say who told us."""
    if message.customer_id is None:
        return
    purposes = Purpose.objects.filter(demo=message.demo, kind=PurposeKind.MARKETING).values_list("key", flat=True)
    rows = [
        ConsentRow(
            customer_id=message.customer_id, purpose=purpose, channel=CHANNEL, decision=Decision.WITHDRAWN,
            source=Source.MESSAGE, recorder=Recorder.CUSTOMER, proof_data={"report": report[:200], "from": by},
        )
        for purpose in purposes
    ]  # fmt: skip
    consents_write(actor=system_actor(demo=message.demo, name=by), rows=rows)


# ── somebody's words ──────────────────────────────────────────────────────


def _said(account: EmailAccount, mail: Parsed, proof: Proved, *, at: datetime, uid: UUID | None) -> Taken:
    external = _external_id(account, mail)
    conversation, sure = _conversation(account, mail, uid, forged=proof.result == FAIL)
    why = judging.automatic(mail) or _again_and_again(account, mail)
    received = Received(
        channel=CHANNEL, account_id=account.pk, external_id=external, at=at, address=mail.sender,
        shown_address=mail.sender, name=mail.sender_name, subject=mail.subject, text=mail.text, html=mail.html,
        files=mail.files, conversation_id=conversation, references=mail.references, automatic=bool(why),
        trusted=proof.result != FAIL and sure, quote_at=mail.quote_at,
        proof={**proof.as_plain(), **({"automatic": why} if why else {}), "account": account.address},
    )  # fmt: skip
    entry = receive(demo=account.demo, received=received)
    return Taken(Fate.STORED if entry is not None else Fate.KNOWN, external)


def _external_id(account: EmailAccount, mail: Parsed) -> str:
    """The mail's own name; another mail that bears the same one by mistake or by malice is told from it."""
    if not mail.named:
        return mail.external_id
    rows = Entry.objects.filter(demo=account.demo, channel=CHANNEL, external_id=mail.external_id)
    known = rows.values_list("address", "subject").first()
    if known is None or known == (mail.sender[:254], mail.subject[:300].strip()):
        return mail.external_id
    other = hashlib.sha256(f"{mail.sender}\n{mail.subject}\n{mail.text}".encode()).hexdigest()[:16]
    return f"{mail.external_id}#{other}"


def _conversation(account: EmailAccount, mail: Parsed, uid: UUID | None, *, forged: bool) -> tuple[int | None, bool]:
    """The conversation it belongs to for sure, None where nobody can say; and whether its sender takes part in that.

    Sure is an address that we signed. The name of a message of ours counts from its recipient only.
    """
    wanted = next((found for address in mail.to if (found := conversation_of(address)) is not None), None)
    if wanted is not None:
        conversation = Conversation.objects.filter(pk=wanted, demo=account.demo).first()
        if conversation is not None:
            return conversation.pk, _takes_part(mail, conversation.address, conversation.customer_id)
    if forged:
        return None, True
    ours = [found for found in (uid, *(uid_of(one) for one in reversed(mail.references))) if found is not None]
    for message in Message.objects.filter(uid__in=ours[:20], channel=CHANNEL, demo=account.demo):
        entry = Entry.objects.filter(message=message, way=Way.OUT).first()
        if entry is not None and _takes_part(mail, message.address_key, message.customer_id):
            return entry.conversation_id, True
    return None, True


def _takes_part(mail: Parsed, address: str, customer_id: int | None) -> bool:
    if mail.sender == address:
        return True
    return customer_id is not None and _owns([customer_id], mail.sender)


def _owns(customer_ids: Sequence[int], address: str) -> bool:
    rows = Identity.objects.filter(customer_id__in=list(customer_ids), kind=IdentityKind.EMAIL, key=address)
    return rows.exists()


def _again_and_again(account: EmailAccount, mail: Parsed) -> str:
    """A machine that doesn't say it is one says the same again: after the second time it is taken for what it is."""
    if not mail.sender:
        return ""
    same = Entry.objects.filter(
        demo=account.demo, channel=CHANNEL, way=Way.IN, address=mail.sender[:254], text=mail.text,
        conversation__address=mail.sender[:254], at__gt=timezone.now() - SAME_WITHIN,
    )  # fmt: skip
    return "again" if same[: SAME_MOST + 1].count() >= SAME_MOST else ""
