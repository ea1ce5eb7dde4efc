"""One contract, five providers: each against a server of its own that speaks its document."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from peyvand.channels.conversations.models import Entry
from peyvand.channels.outreach.declarations import Asked, HookRequest, Outgoing, Said
from peyvand.channels.outreach.dispatching.claiming import ATTEMPT, attempt, claim
from peyvand.channels.outreach.dispatching.standing import send_due
from peyvand.channels.outreach.dispatching.sweeping import GRACE, look_up, sweep
from peyvand.channels.outreach.models import Message, State, Suppression
from peyvand.channels.outreach.services import ContentData, TextData, send_many
from peyvand.channels.sms import carrier
from peyvand.channels.sms.adapters import ADAPTERS, twilio
from peyvand.channels.sms.carrier import access_of
from peyvand.channels.sms.hearing import poll_all, statuses_ask, take
from peyvand.channels.sms.models import SmsAccount
from peyvand.channels.sms.tests.conftest import Line
from peyvand.channels.sms.tests.fakes.speaking import SPEAKING
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.customers.models import Customer

pytestmark = pytest.mark.django_db
Open = Callable[..., Line]
Person = Callable[..., Customer]
PROVIDERS = sorted(SPEAKING)


def outgoing(number: int, to: str = "", text: str = "سلام، سفارش شما آماده است") -> Outgoing:
    return Outgoing(
        id=number, uid=uuid.uuid4(), to=to or f"+98912{number:07d}", to_name="", line="10001234", subject="", text=text,
        html="", language="fa", purpose="service", kind="service", demo=False,
    )  # fmt: skip


def account_of(line: Line) -> carrier.Account:
    return next(one for one in carrier.accounts(False) if one.id == line[0].pk)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_messages_are_taken_each_under_a_number_of_its_own(provider: str, line: Open) -> None:
    opened = line(provider)
    said = carrier.send(account_of(opened), [outgoing(n) for n in (1, 2, 3)])
    assert [(one.id, one.said) for one in said] == [(n, Said.SENT) for n in (1, 2, 3)]
    assert len({one.provider_id for one in said}) == 3
    assert [one.text for one in opened[1].taken] == ["سلام، سفارش شما آماده است"] * 3
    expected = "+989120000001" if provider == "twilio" else "09120000001"
    assert opened[1].taken[0].to == expected


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize(
    ("step", "said"), [("busy", Said.AGAIN), ("fault", Said.UNKNOWN), ("after", Said.UNKNOWN), ("hang", Said.UNKNOWN)]
)
def test_only_what_was_certainly_not_taken_is_tried_again(provider: str, step: str, said: str, line: Open) -> None:
    opened = line(provider)
    opened[1].plan = [step]
    (outcome,) = carrier.send(account_of(opened), [outgoing(1)])
    assert outcome.said == said
    if step == "busy":
        assert outcome.after == 7


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_gateway_that_is_not_there_has_taken_nothing(provider: str, line: Open) -> None:
    opened = line(provider)
    account = account_of(opened)
    opened[1].stop()
    opened[1].server = None
    (outcome,) = carrier.send(account, [outgoing(1)])
    assert outcome.said == Said.AGAIN


@pytest.mark.parametrize("provider", PROVIDERS)
def test_one_bad_number_spoils_only_itself(provider: str, line: Open) -> None:
    opened = line(provider)
    said = {
        one.id: one.said
        for one in carrier.send(account_of(opened), [outgoing(1), outgoing(2, "+4930123"), outgoing(3)])
    }
    assert said == {1: Said.SENT, 2: Said.FAILED, 3: Said.SENT}
    assert len(opened[1].taken) == 2


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_wrong_key_stops_the_line_and_says_so_without_telling_it(
    provider: str, line: Open, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    opened = line(provider)
    opened[1].secret = "another"
    (outcome,) = carrier.send(account_of(opened), [outgoing(1)])
    assert outcome.said == Said.AGAIN
    assert outcome.after >= 600
    opened[0].refresh_from_db()
    assert opened[0].trouble
    everything = f"{outcome} {opened[0].trouble} {caplog.text} {access_of(opened[0])!r} {account_of(opened)!r}"
    assert "the-secret-key" not in everything


@pytest.mark.parametrize("provider", PROVIDERS)
def test_what_became_of_them_is_asked_for(provider: str, line: Open) -> None:
    opened = line(provider)
    account = account_of(opened)
    sent = {one.id: one for one in carrier.send(account, [outgoing(1), outgoing(2)])}
    opened[1].taken[0].state, opened[1].taken[1].state = "delivered", "failed"
    asked = [Asked(n, uuid.uuid4(), sent[n].provider_id, "") for n in (1, 2)]
    assert {one.id: one.said for one in carrier.look_up(account, asked)} == {1: Said.DELIVERED, 2: Said.FAILED}


@pytest.mark.parametrize("provider", PROVIDERS)
def test_only_a_provider_that_knows_our_ids_says_it_never_saw_one(provider: str, line: Open) -> None:
    opened = line(provider)
    found = carrier.look_up(account_of(opened), [Asked(77, uuid.uuid4(), "", "")])
    assert [one.said for one in found] == ([Said.NEVER] if ADAPTERS[provider].our_ids else [])


@pytest.mark.parametrize("provider", [one for one in PROVIDERS if ADAPTERS[one].our_ids])
def test_a_death_between_the_provider_and_the_ledger_costs_nobody_a_second_message(
    provider: str, line: Open, actor: Actor, person: Person
) -> None:
    opened = line(provider, service_line=False)
    people = [person(allows=["sms"]).pk for _n in range(4)]
    text = ContentData(texts=[TextData("سلام", "fa")])
    send_many(actor=actor, customers=people, purpose="news", content=text, dedupe_key="c", channel="sms")
    now = timezone.now()
    lease, ids = claim(now=now, limit=10)
    (load,) = attempt(lease=lease, ids=ids, now=now)
    carrier.send(load.account, load.messages[:2])  # two reached the gateway, then the worker was killed
    later = now + ATTEMPT
    sweep(now=later)
    assert Message.objects.filter(state=State.INDETERMINATE).count() == 4
    look_up(now=later + GRACE)
    send_due(clock=lambda: later + GRACE + timedelta(seconds=1))
    assert Message.objects.filter(state=State.SENT).count() == 4
    assert sorted(one.ours for one in opened[1].taken) == sorted(map(str, ids)), "each once"


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_blacklisted_number_is_final_and_stays_away_from_marketing(
    provider: str, line: Open, actor: Actor, person: Person
) -> None:
    opened = line(provider)
    sara = person(allows=["sms"])
    phone = sara.identities.get(kind="phone").key
    opened[1].blacklist = {phone, "0" + phone[3:]}
    text = ContentData(texts=[TextData("سلام", "fa")])
    send_many(actor=actor, customers=[sara.pk], purpose="news", content=text, dedupe_key="c", channel="sms")
    send_due()
    message = Message.objects.get()
    if message.state == State.SENT:  # it is told later
        statuses_ask(opened[0], now=timezone.now() + timedelta(minutes=5))
        message.refresh_from_db()
    assert message.state == State.FAILED
    assert Suppression.objects.get().reason in ("blacklist", "opt-out")
    send_many(actor=actor, customers=[sara.pk], purpose="news", content=text, dedupe_key="d", channel="sms")
    send_due()
    assert Message.objects.get(dedupe_key=f"d:{sara.pk}").reason.startswith("suppression.")


def hooked(row: SmsAccount, **form: str) -> int:
    return take(HookRequest(row.hook, "", "POST", {}, form, b"", {})).status


def test_a_report_called_five_times_late_and_out_of_order_is_one(line: Open, actor: Actor, person: Person) -> None:
    row, gateway = line("kavenegar")
    text = ContentData(texts=[TextData("سلام", "fa")])
    send_many(
        actor=actor, customers=[person(allows=["sms"]).pk], purpose="news", content=text, dedupe_key="c", channel="sms"
    )  # fmt: skip
    send_due()
    number = gateway.taken[0].id
    for state in ("10", "10", "5", "10", "10"):
        assert hooked(row, messageid=number, status=state) == 200
    message = Message.objects.get()
    assert message.state == State.DELIVERED
    assert message.reports.count() == 2
    assert hooked(row, nonsense="1") == 400
    assert take(HookRequest("nobody-has-this-token", "", "POST", {}, {}, b"", {})).status == 404


def test_twilio_is_believed_only_when_it_signs(line: Open) -> None:
    row, _gateway = line("twilio")
    form = {"MessageSid": "SM1", "From": "+989121111111", "To": row.line, "Body": "hello"}
    assert hooked(row, **form) == 400
    signed = HookRequest(row.hook, "", "POST", {}, form, b"", {"x-twilio-signature": signature_of(row, form)})
    assert twilio.signed(access_of(row), signed, row.hook)
    assert take(signed).status == 200


def signature_of(row: SmsAccount, form: dict[str, str]) -> str:
    """By the document, apart from the adapter's own code."""
    text = f"{settings.SITE_URL}/hooks/sms/{row.hook}/" + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.new(b"the-secret-key", text.encode(), hashlib.sha1).digest()).decode()


@pytest.mark.parametrize("provider", ["kavenegar", "smsir", "melipayamak"])
def test_replies_are_asked_for_where_nobody_calls(provider: str, line: Open, person: Person, actor: Actor) -> None:
    row, gateway = line(provider)
    said = {
        "kavenegar": {
            "messageid": 5,
            "sender": "09120000001",
            "message": "سلام",
            "receptor": row.line,
            "date": 1_790_000_000,
        },
        "smsir": {
            "mobile": "09120000001",
            "messageText": "سلام",
            "number": row.line,
            "receivedDateTime": 1_790_000_000,
        },
        "melipayamak": {"MsgID": 5, "Sender": "09120000001", "Body": "سلام", "Receiver": row.line},
    }[provider]
    sara = person()
    for _time in range(2):
        gateway.inbox = [json.loads(json.dumps(said))]
        poll_all()
    entry = Entry.objects.get()
    assert (entry.text, entry.conversation.customer_id) == ("سلام", sara.pk)
