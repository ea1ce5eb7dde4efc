"""What a mail does: joins its conversation, tells the ledger of bounces, obeys complaints, lets sleepers sleep."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from peyvand.channels.conversations.models import Conversation, Entry, State, Way
from peyvand.channels.conversations.services import ReplyData, reply
from peyvand.channels.email.hearing.decoding import header
from peyvand.channels.email.hearing.parsing import parsed
from peyvand.channels.email.hearing.taking import Taken, take, understood
from peyvand.channels.email.models import EmailAccount, Fate
from peyvand.channels.email.speaking.signing import key_make, signed
from peyvand.channels.email.tests import corpus
from peyvand.channels.email.tests.conftest import Sink
from peyvand.channels.email.tests.corpus import failed, mail, report
from peyvand.channels.email.tokens import bounce_address, reply_address
from peyvand.channels.outreach.dispatching.standing import send_due
from peyvand.channels.outreach.models import DeliveryReport, Message, Suppression
from peyvand.channels.outreach.models import State as MessageState
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.consents.models import ConsentState, Decision
from peyvand.memory.customers.models import Customer
from peyvand.memory.interactions.models import Interaction

pytestmark = pytest.mark.django_db
Person = Callable[..., Customer]
Takes = Callable[..., Taken]


@pytest.fixture
def row(account: Callable[..., EmailAccount], sink: Sink) -> EmailAccount:
    return account(smtp_port=sink.port)


@pytest.fixture
def takes(row: EmailAccount) -> Takes:
    """Takes a mail in: takes(mail(...))."""

    def made(raw: bytes, record: bytes | None = None, to: EmailAccount | None = None) -> Taken:
        found = understood(to or row, raw, key_finder=lambda name, timeout: record)
        return take(to or row, found, at=timezone.now())

    return made


def a_message(customer: Customer | None, **more: Any) -> Message:
    address = f"{customer.identities.get(kind='email').key}" if customer else "m1@home.ir"
    fields: dict[str, Any] = {
        "purpose": "news", "kind": "marketing", "channel": "email", "address": address, "address_key": address,
        "state": MessageState.SENT, "sent_at": timezone.now(), "dedupe_key": uuid.uuid4().hex, "customer": customer,
        **more,
    }  # fmt: skip
    return Message.objects.create(**fields)


def back(message: Message, body: tuple[bytes, str], **more: str) -> bytes:
    headers = {
        "From": "MAILER-DAEMON@mx.home.ir", "To": bounce_address("hello@house.ir", message.uid),
        "Message_ID": f"<{uuid.uuid4().hex}@mx.home.ir>", "Return_Path": "<>", **more,
    }  # fmt: skip
    return mail(*body, **headers)


# ── conversations ─────────────────────────────────────────────────────────


def test_a_customer_is_known_by_the_address(takes: Takes, person: Person) -> None:
    maryam = person()
    assert takes(mail("سلام", From="Maryam <M1@HOME.ir>", Subject="چای")).fate == Fate.STORED
    assert takes(mail("سلام", From="Maryam <M1@HOME.ir>", Subject="چای")).fate == Fate.KNOWN
    conversation = Conversation.objects.get()
    assert conversation.customer == maryam
    assert (conversation.subject, conversation.channel, conversation.state) == ("چای", "email", State.OPEN)
    assert Interaction.objects.get(customer=maryam).channel == "email"


def test_an_answer_goes_out_and_theirs_comes_back_to_the_same_conversation(
    takes: Takes, person: Person, actor: Actor, sink: Sink
) -> None:
    person()
    takes(mail("چای رسید؟", From="m1@home.ir", Message_ID="<q1@home.ir>"))
    conversation = Conversation.objects.get()
    reply(actor=actor, conversation_id=conversation.pk, data=ReplyData(text="بله، رسید.", channel="email"))
    send_due()
    (sent,) = sink.mails
    content = sent.content
    assert isinstance(content, bytes)
    from_us = corpus_read(content)
    assert from_us["In-Reply-To"] == "<q1@home.ir>"
    assert from_us["List-Unsubscribe"] is None
    back_to = from_us["Reply-To"]
    takes(mail("ممنون", From="m1@home.ir", To=back_to, Message_ID="<q2@home.ir>", Subject="something else"))
    takes(mail("باز هم", From="m1@home.ir", Message_ID="<q3@home.ir>", References=from_us["Message-ID"]))
    takes(mail("یکی دیگر", From="m1@home.ir", Message_ID="<q4@home.ir>", In_Reply_To="<q1@home.ir>"))
    assert Conversation.objects.count() == 1
    assert Conversation.objects.get().entries.count() == 5
    takes(mail("تازه", From="m1@home.ir", Message_ID="<q5@home.ir>", Subject="Re: Tea"))
    assert Conversation.objects.count() == 2, "never by its subject alone"


def corpus_read(content: bytes) -> dict[str, Any]:
    found = parsed(content).headers
    names = ("In-Reply-To", "Reply-To", "Message-ID", "List-Unsubscribe")
    return {name: header(found, name) or None for name in names}


def test_a_stranger_gets_into_nobodys_thread_by_naming_it(
    takes: Takes, person: Person, actor: Actor, sink: Sink
) -> None:
    person()
    takes(mail("چای رسید؟", From="m1@home.ir", Message_ID="<q1@home.ir>"))
    conversation = Conversation.objects.get()
    reply(actor=actor, conversation_id=conversation.pk, data=ReplyData(text="بله", channel="email"))
    uid = Message.objects.get().uid
    takes(mail("evil", From="x@evil.example", Message_ID="<e1@x>", References=f"<q1@home.ir> <{uid.hex}@house.ir>"))
    takes(mail("evil", From="x@evil.example", Message_ID="<e2@x>", To="hello+raaaaaaaaaaaaaaaaaaaaaaaaaa@house.ir"))
    conversation.refresh_from_db()
    assert conversation.entries.count() == 2
    assert conversation.address == "m1@home.ir"


def test_who_has_the_signed_address_joins_and_is_shown_as_unproved(takes: Takes, person: Person) -> None:
    person()
    takes(mail("چای رسید؟", From="m1@home.ir", Message_ID="<q1@home.ir>"))
    conversation = Conversation.objects.get()
    signed_to = reply_address("hello@house.ir", conversation.pk)
    takes(mail("for her", From="sister@home.ir", Message_ID="<q2@home.ir>", To=signed_to))
    conversation.refresh_from_db()
    entry = conversation.entries.latest("id")
    assert entry.facts["untrusted"] is True
    assert conversation.address == "m1@home.ir", "answers go to her, not to who joined"


def test_a_forged_sender_is_shown_and_joins_nothing(takes: Takes, person: Person) -> None:
    person()
    pem, public = key_make()
    record = f"v=DKIM1; k=rsa; p={public}".encode()
    takes(mail("چای رسید؟", From="m1@home.ir", Message_ID="<q1@home.ir>"))
    raw = signed(
        mail("pay", From="m1@home.ir", Message_ID="<f1@home.ir>", References="<q1@home.ir>"), pem=pem, domain="home.ir",
        selector="s",
    ).replace(b"pay", b"PAY")  # fmt: skip
    takes(raw, record)
    assert Conversation.objects.count() == 2
    entry = Entry.objects.get(external_id="f1@home.ir")
    assert entry.facts["untrusted"] is True
    assert entry.proof["result"] == "fail"


def test_another_mail_with_the_same_name_is_not_lost(takes: Takes) -> None:
    takes(mail("one", From="a@home.ir", Message_ID="<same@x>"))
    assert takes(mail("two", From="b@home.ir", Message_ID="<same@x>")).fate == Fate.STORED
    assert takes(mail("two", From="b@home.ir", Message_ID="<same@x>")).fate == Fate.KNOWN
    assert Entry.objects.count() == 2


@pytest.mark.parametrize("name", [*corpus.SHAPES, *corpus.CHARSETS])
def test_every_mail_is_kept_or_said_why_not(takes: Takes, name: str) -> None:
    raw, _text = {**corpus.SHAPES, **corpus.CHARSETS}[name]
    taken = takes(raw)
    assert taken.fate == Fate.STORED or taken.why == "empty"
    assert Entry.objects.count() == (taken.fate == Fate.STORED)


# ── bounces ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("body", "state", "reason"),
    [
        (failed(), MessageState.FAILED, "hard-bounce"),
        (failed("5.2.2", told="smtp; 552 5.2.2 mailbox full"), MessageState.FAILED, ""),
        (failed("5.7.1", told="smtp; 550 5.7.1 spam"), MessageState.FAILED, ""),
        (failed("4.4.7", told="smtp; expired"), MessageState.FAILED, ""),
        (failed("5.0.0", told="smtp; 550 No such user here"), MessageState.FAILED, "hard-bounce"),
        (failed("4.4.1", "delayed", "smtp; no answer"), MessageState.SENT, ""),
        (failed("2.1.5", "delivered", "smtp; 250 OK"), MessageState.SENT, ""),
        ((b"The following address failed:\r\n<m1@home.ir>: 550 5.1.1 User unknown\r\n", "text/plain"),
         MessageState.FAILED, "hard-bounce"),
        ((b"451 4.7.1 greylisted, trying on\r\n", "text/plain"), MessageState.SENT, ""),
    ],
)  # fmt: skip
def test_what_comes_back_is_told_to_the_ledger(
    takes: Takes, person: Person, body: tuple[bytes, str], state: str, reason: str
) -> None:
    message = a_message(person())
    raw = back(message, body)
    for _ in range(3):
        takes(raw)
    message.refresh_from_db()
    assert message.state == state
    assert list(Suppression.objects.values_list("reason", flat=True)) == ([reason] if reason else [])
    assert DeliveryReport.objects.count() <= 1


def test_a_bounce_that_nobody_signed_does_nothing(takes: Takes, person: Person) -> None:
    message = a_message(person())
    forged = back(message, failed(), To="hello+b" + "a" * 38 + "@house.ir")
    taken = takes(forged)
    message.refresh_from_db()
    assert message.state == MessageState.SENT
    assert not Suppression.objects.exists()
    assert taken.fate == Fate.STORED
    assert Entry.objects.get().automatic
    assert Conversation.objects.get().state == State.CLOSED


def test_an_address_that_keeps_coming_back_gets_nothing_more(takes: Takes, person: Person) -> None:
    maryam = person()
    full = failed("5.2.2", told="smtp; 552 mailbox full")
    for n in range(5):
        assert Suppression.objects.count() == 0, n
        takes(back(a_message(maryam), full))
    assert Suppression.objects.get().reason == "soft-bounce"


def test_old_bounces_are_forgotten(takes: Takes, person: Person) -> None:
    maryam = person()
    full = failed("5.2.2", told="smtp; 552 mailbox full")
    for _ in range(4):
        takes(back(a_message(maryam), full))
    DeliveryReport.objects.update(at=timezone.now() - timedelta(days=15))
    takes(back(a_message(maryam), full))
    assert not Suppression.objects.exists()


def test_an_absence_sent_to_the_return_address_is_no_bounce(takes: Takes, person: Person) -> None:
    message = a_message(person())
    away = mail(
        "I am away", From="m1@home.ir", To=bounce_address("hello@house.ir", message.uid), Auto_Submitted="auto-replied",
        Message_ID="<away@home.ir>",
    )  # fmt: skip
    assert takes(away).fate == Fate.STORED
    message.refresh_from_db()
    assert message.state == MessageState.SENT
    assert Entry.objects.get().automatic


# ── complaints ────────────────────────────────────────────────────────────


def complaint(message: Message, kind: str = "abuse", named: bool = True) -> bytes:
    original = mail("buy", From="hello@house.ir", Message_ID=f"<{message.uid.hex if named else 'x'}@house.ir>")
    body = report(
        f"Feedback-Type: {kind}\nUser-Agent: FBL/1.0\nVersion: 1\n", kind="feedback-report", original=original
    )
    return mail(*body, From="fbl@provider.example", Message_ID=f"<{uuid.uuid4().hex}@fbl>")


def test_a_complaint_ends_marketing_and_takes_consents_back(takes: Takes, person: Person) -> None:
    maryam = person(allows=["email"])
    assert takes(complaint(a_message(maryam))).fate == Fate.REPORT
    found = Suppression.objects.get()
    assert (found.reason, sorted(found.kinds)) == ("complaint", ["marketing", "research"])
    state = ConsentState.objects.get(customer=maryam, purpose__key="news", channel="email")
    assert state.decision == Decision.WITHDRAWN
    assert not Entry.objects.exists()


@pytest.mark.parametrize(("kind", "named"), [("not-spam", True), ("abuse", False)])
def test_what_is_no_complaint_of_a_message_of_ours_is_only_kept(
    takes: Takes, person: Person, kind: str, named: bool
) -> None:
    assert takes(complaint(a_message(person()), kind, named)).fate == Fate.STORED
    assert not Suppression.objects.exists()


# ── machines ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", corpus.MACHINES)
def test_machines_wake_nobody(takes: Takes, name: str) -> None:
    takes(corpus.MACHINES[name])
    conversation = Conversation.objects.get()
    assert conversation.state == State.CLOSED
    assert conversation.waiting_since is None
    assert Entry.objects.get().automatic


def test_two_machines_that_say_nothing_of_it_come_to_an_end(takes: Takes) -> None:
    """Another's autoresponder that marks nothing: after the second time its words wake nobody."""
    woken: Sequence[bool] = []
    for n in range(6):
        more = {"Message_ID": f"<r{n}@other.ir>", "References": "<r0@other.ir>"}
        takes(mail("We have got your mail.", From="robot@other.ir", **more))
        entry = Entry.objects.latest("id")
        woken = [*woken, not entry.automatic]
    assert woken == [True, True, False, False, False, False]
    assert Entry.objects.filter(way=Way.OUT).count() == 0


def test_mail_from_ourselves_begins_no_conversation(takes: Takes) -> None:
    taken = takes(mail("copy", From="Hello@House.ir"))
    assert (taken.fate, taken.why) == (Fate.SKIPPED, "ours")


def test_the_sample_and_ones_own_are_apart(takes: Takes, account: Callable[..., EmailAccount], person: Person) -> None:
    person()
    sample = account(demo=True)
    takes(mail("hi", From="m1@home.ir"), None, sample)
    conversation = Conversation.objects.get()
    assert conversation.demo
    assert conversation.customer is None
