"""The gate: each check in its turn, caps that hold in a batch, the recipient's own order of channels."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

import pytest
from django.utils import timezone

from peyvand.channels.outreach import services
from peyvand.channels.outreach.declarations import Outcome, Said
from peyvand.channels.outreach.dispatching.standing import send_due
from peyvand.channels.outreach.dispatching.sweeping import sweep
from peyvand.channels.outreach.models import Budget, Cap, Message, QuietHours, Recipient, State
from peyvand.channels.outreach.services import ContentData, Request, TextData, send, send_many, suppress
from peyvand.channels.outreach.tests.conftest import Providers
from peyvand.channels.outreach.web.forms import written_in
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.consents.services import consent_withdraw
from peyvand.memory.customers.models import Customer
from peyvand.memory.interactions.models import Interaction

pytestmark = pytest.mark.django_db
Person = Callable[..., Customer]
NEWS = ContentData(texts=[TextData("سلام {{first_name}}", "fa"), TextData("Hello {{first_name}}", "en")], title="news")


def ask(actor: Actor, customer: Customer, key: str = "k", *, channel: str = "sms", **more: object) -> Message:
    request = Request(
        customer=customer.pk, purpose=more.pop("purpose", "news"), content=NEWS, dedupe_key=key, channel=channel, **more  # type: ignore[arg-type]
    )  # fmt: skip
    return send(actor=actor, request=request)


def fresh(message: Message) -> Message:
    message.refresh_from_db()
    return message


def test_who_said_yes_gets_it_and_the_timeline_knows(actor: Actor, person: Person, providers: Providers) -> None:
    sara = person(allows=["sms"], name="سارا کیانی")
    message = ask(actor, sara)
    assert message.state == State.PENDING
    assert send_due() == 1
    assert fresh(message).state == State.SENT
    assert [one.text for one in providers.sms.taken] == ["سلام سارا"]
    assert providers.sms.taken[0].one_click_url
    told = Interaction.objects.get(customer=sara, kind="outreach.message")
    assert (told.direction, told.channel, told.source_id, told.cost_minor) == ("out", "sms", message.pk, 120)
    assert message.merged == {"first_name": "سارا"}
    assert send_due() == 0
    assert len(providers.sms.taken) == 1


def test_who_said_nothing_or_no_gets_nothing_and_the_reason_stands(
    actor: Actor, person: Person, providers: Providers
) -> None:
    silent, stranger = person(), person(allows=["email"])
    for customer in (silent, stranger):
        assert ask(actor, customer, f"a{customer.pk}").state == State.REFUSED
        assert Message.objects.get(customer=customer).reason == "permission.not-given"
    yes = person(allows=["sms"])
    waiting = ask(actor, yes, "later")
    consent_withdraw(actor=actor, customer=yes, purpose="news", channels=["sms"], source="call")
    send_due()
    assert (fresh(waiting).state, waiting.reason) == (State.REFUSED, "permission.said-no")
    assert not providers.sms.taken


def test_the_same_name_is_one_message(actor: Actor, person: Person, providers: Providers) -> None:
    sara = person(allows=["sms"])
    assert ask(actor, sara).pk == ask(actor, sara).pk
    first = send_many(actor=actor, customers=[sara.pk], purpose="news", content=NEWS, dedupe_key="c", channel="sms")
    again = send_many(actor=actor, customers=[sara.pk], purpose="news", content=NEWS, dedupe_key="c", channel="sms")
    assert (first.asked, again.asked, again.known) == (1, 0, 1)
    send_due()
    assert len(providers.sms.taken) == 2


def test_a_suppressed_address_gets_nothing_not_even_service(actor: Actor, person: Person, providers: Providers) -> None:
    sara = person(allows=["sms"])
    phone = sara.identities.get(kind="phone").key
    suppress(demo=False, channel="sms", address_key=phone, reason="hard-bounce", customer_id=sara.pk)
    assert ask(actor, sara, purpose="service").reason == "suppression.hard-bounce"
    omid = person(allows=["sms"])
    suppress(
        demo=False, channel="sms", address_key=omid.identities.get(kind="phone").key, reason="blacklist",
        customer_id=omid.pk, kinds=["marketing"],
    )  # fmt: skip
    assert ask(actor, omid, "m").reason == "suppression.blacklist"
    assert ask(actor, omid, "s", purpose="service").state == State.PENDING


def test_a_cap_holds_in_one_batch_and_opens_when_its_window_moves(
    actor: Actor, person: Person, providers: Providers
) -> None:
    Cap.objects.create(channel="", kind="", window="day", most=2)
    sara = person(allows=["sms", "email"])
    asked = [ask(actor, sara, f"k{n}") for n in range(4)]
    service = ask(actor, sara, "order", purpose="service")
    send_due()
    states = [fresh(one).state for one in asked]
    assert sorted(states) == [State.HELD, State.HELD, State.SENT, State.SENT]
    assert fresh(service).state == State.SENT
    held = next(one for one in asked if one.state == State.HELD)
    assert held.reason == "frequency.cap"
    later = timezone.now() + timedelta(days=1, minutes=1)
    assert sweep(now=later) == 2
    send_due(clock=lambda: later)
    assert len(providers.sms.taken) == 5


def test_quiet_hours_are_the_customers_own(actor: Actor, person: Person, providers: Providers) -> None:
    QuietHours.objects.create(channel="sms", starts=time(21), ends=time(8), holidays=False)
    tehran, london = person(allows=["sms"]), person(allows=["sms"])
    services.recipient_of(customer=london)
    Recipient.objects.filter(customer=london).update(tz="Europe/London")
    send_many(
        actor=actor, customers=[tehran.pk, london.pk], purpose="news", content=NEWS, dedupe_key="c", channel="sms",
        due_at=datetime(2026, 11, 30, 18, 0, tzinfo=UTC),
    )  # fmt: skip
    evening = datetime(2026, 11, 30, 19, 0, tzinfo=UTC)  # 22:30 in Tehran, 19:00 in London
    send_due(clock=lambda: evening)
    held = Message.objects.get(customer=tehran)
    assert (held.state, held.reason) == (State.HELD, "hours.quiet")
    assert held.held_until == datetime(2026, 12, 1, 4, 30, tzinfo=UTC)  # eight in the morning
    assert Message.objects.get(customer=london).state == State.SENT


def test_a_budget_stops_when_it_is_spent(actor: Actor, person: Person, providers: Providers) -> None:
    Budget.objects.create(channel="sms", purpose="", currency="IRR", amount_minor=250)
    people = [person(allows=["sms"]) for _n in range(4)]
    send_many(
        actor=actor, customers=[one.pk for one in people], purpose="news", content=NEWS, dedupe_key="c", channel="sms"
    )  # fmt: skip
    send_due()
    states = sorted(Message.objects.values_list("state", "reason"))
    assert states == [("refused", "late:budget.spent")] * 2 + [("sent", "")] * 2  # news do not wait for a month


def test_preference_decides_and_the_next_channel_follows_a_failure(
    actor: Actor, person: Person, providers: Providers
) -> None:
    sara = person(allows=["sms", "email"])
    services.recipient_of(customer=sara)
    Recipient.objects.filter(customer=sara).update(preferred="email")
    message = ask(actor, sara, channel="")
    send_due()
    assert fresh(message).channel == "email"
    providers.email.answers = lambda one: Outcome(one.id, Said.FAILED, code="550", suppress="hard-bounce")
    order = ask(actor, sara, "order", channel="", purpose="service")
    send_due()
    assert fresh(order).state == State.FAILED
    again = Message.objects.get(previous=order)
    assert (again.channel, again.state, again.step) == ("sms", State.SENT, 2)


def test_a_pause_and_a_pace_are_kept_to(actor: Actor, person: Person, providers: Providers) -> None:
    sara = person(allows=["sms"])
    services.recipient_of(customer=sara)
    Recipient.objects.filter(customer=sara).update(pace="weekly")
    first, second = ask(actor, sara, "a"), ask(actor, sara, "b")
    send_due()
    assert sorted((fresh(first).reason, fresh(second).reason)) == ["", "late:frequency.pace-weekly"]
    omid = person(allows=["sms"])
    services.recipient_of(customer=omid)
    until = timezone.now() + timedelta(days=10)
    Recipient.objects.filter(customer=omid).update(paused_until=until)
    held = ask(actor, omid, "c")
    assert held.reason == "late:frequency.paused"  # ten days are longer than a message of news is kept


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("{{first_name|دوست}} عزیز {{preferences_link}}", "fa"),
        ("Dear {{first_name|دوست}}", "en"),
        ("۱۲۳ {{name}}", "x"),
    ],
)
def test_words_are_of_the_language_whose_letters_they_have(text: str, language: str) -> None:
    assert written_in(text, "x") == language
