"""Notices: a yes in the browser is a line of the ledger, what is sent can be read there only, gone is gone."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import timezone

from peyvand.channels.outreach.declarations import Said
from peyvand.channels.outreach.dispatching.standing import send_due
from peyvand.channels.outreach.models import Click, Link, Message, State, Suppression
from peyvand.channels.outreach.queries import forecast, preferences_of
from peyvand.channels.outreach.services import ContentData, Request, TextData, recipient_of, send
from peyvand.channels.push import handlers, parts, queries, services
from peyvand.channels.push.carrier import outcome_of, payload
from peyvand.channels.push.errors import ChangedMeanwhileError, InvalidError
from peyvand.channels.push.models import Sender, Subscription
from peyvand.channels.push.services import SenderData
from peyvand.channels.push.services.subscribing import digest_of
from peyvand.channels.push.tests.conftest import Browser, Service
from peyvand.channels.sites.models import Proof, Site, Visitor
from peyvand.channels.sites.services import known, unknown, visitor_seen
from peyvand.channels.sites.tokens import token_new
from peyvand.events.sites import VisitorKnown
from peyvand.foundation.outside.requesting import Outcome as Answered
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.consents.models import ConsentEntry, ConsentState
from peyvand.memory.customers.models import Customer
from peyvand.memory.customers.services import CustomerData, customer_create
from peyvand.memory.privacy.erasing import person_erase
from peyvand.memory.privacy.services import person_collect

pytestmark = pytest.mark.django_db
Subscribed = Callable[..., tuple[str, Browser]]
TEXT = "چای تازه رسید: https://shop.example/tea"


@pytest.fixture
def sara(actor: Actor) -> Customer:
    return customer_create(actor=actor, data=CustomerData(name="سارا کیانی"))


@pytest.fixture
def subscribed(actor: Actor, site: Site, sender: Sender, service: Service) -> Subscribed:
    """A browser that takes notices: of somebody where one is named."""

    def make(customer: Customer | None = None, topics: tuple[str, ...] = ("news",)) -> tuple[str, Browser]:
        token, browser = token_new(), service.browser()
        if customer is not None:
            known(actor=actor, visitor=visitor_seen(site=site, token=token), customer=customer, how=Proof.CODE)
        services.subscribe(site=site, token=token, data=browser.data(list(topics)))
        return token, browser

    return make


def said(customer: Customer, purpose: str = "news") -> str:
    found = ConsentState.objects.filter(customer=customer, purpose__key=purpose, channel="push").first()
    return found.decision if found else ""


def asked(actor: Actor, customer: Customer, key: str = "k", *, purpose: str = "news", text: str = TEXT) -> Message:
    content = ContentData(texts=[TextData(text, "fa", "push", "فروشگاه")])
    return send(
        actor=actor,
        request=Request(customer=customer.pk, purpose=purpose, content=content, dedupe_key=key, channel="push"),
    )


def gone(site: Site) -> int:
    return Subscription.objects.filter(site=site).exclude(gone_at=None).count()


def test_a_yes_is_a_line_of_the_ledger_and_the_notice_is_read_in_the_browser(
    actor: Actor, sara: Customer, subscribed: Subscribed, service: Service, settings: LazySettings
) -> None:
    _token, browser = subscribed(sara)
    entry = ConsentEntry.objects.get(customer=sara)
    assert (entry.decision, entry.channel, entry.source, entry.recorder) == ("given", "push", "preferences", "customer")
    assert entry.proof_data["origin"] == "https://shop.example"
    assert entry.wording is not None
    message = asked(actor, sara)
    assert send_due() == 1
    message.refresh_from_db()
    assert (message.state, message.channel, message.address) == (State.SENT, "push", "Chrome · Shop")
    ((name, shown, headers),) = service.taken
    link = Link.objects.get()
    assert name == browser.name
    assert (shown["t"], shown["b"], shown["d"], shown["i"]) == ("فروشگاه", "چای تازه رسید", "rtl", str(message.uid))
    assert shown["u"].startswith(f"{settings.SITE_URL}/r/{link.code}.")
    assert (headers["ttl"], headers["urgency"]) == ("86400", "normal")
    row = Subscription.objects.get()
    assert row.ok_at is not None
    assert browser.endpoint not in row.endpoint
    assert browser.p256dh not in row.keys


def test_every_browser_of_theirs_gets_it_and_what_it_did_not_choose_does_not(
    actor: Actor, sara: Customer, subscribed: Subscribed, service: Service
) -> None:
    _first, second, third = subscribed(sara), subscribed(sara), subscribed(sara, topics=("service",))
    other = customer_create(actor=actor, data=CustomerData(name="Other"))
    subscribed(other)
    asked(actor, sara)
    send_due()
    names = {name for name, _shown, _headers in service.taken}
    assert len(names) == 2
    assert second[1].name in names
    assert third[1].name not in names
    service.taken.clear()
    asked(actor, sara, "service", purpose="service")
    send_due()
    assert len(service.taken) == 3
    assert service.taken[0][2]["urgency"] == "high"


def test_the_unknown_visitors_yes_waits_until_they_are_known(
    actor: Actor, sara: Customer, site: Site, subscribed: Subscribed
) -> None:
    token, _browser = subscribed()
    assert not ConsentEntry.objects.exists()
    visitor = visitor_seen(site=site, token=token)
    known(actor=actor, visitor=visitor, customer=sara, how=Proof.FORM)
    event = VisitorKnown(visitor.pk, visitor.key, sara.pk, Proof.FORM, False)
    for _twice in range(2):
        handlers.known(event, event_id=1, actor=actor)
    assert ConsentEntry.objects.filter(customer=sara).count() == 1
    assert said(sara) == "given"
    unknown(actor=actor, visitor=visitor)
    assert asked(actor, sara).state == State.REFUSED  # the browser is nobody's again


def test_topics_change_and_the_last_browsers_no_is_a_line_too(
    sara: Customer, site: Site, subscribed: Subscribed, actor: Actor
) -> None:
    (token, browser), (second_token, second) = subscribed(sara), subscribed(sara)
    change = {"site": site, "token": token, "endpoint": browser.endpoint, "proof": {}}
    assert services.topics_choose(**change, topics=["service", "none-such"])
    assert (said(sara), said(sara, "service")) == ("given", "given")  # the second browser still takes news
    assert services.unsubscribe(**change)
    assert not services.unsubscribe(**change)
    assert gone(site) == 1
    assert services.unsubscribe(site=site, token=second_token, endpoint=second.endpoint, proof={})
    assert (said(sara), said(sara, "service")) == ("withdrawn", "withdrawn")
    assert asked(actor, sara).state == State.REFUSED


def test_only_the_browser_itself_may_change_it(site: Site, subscribed: Subscribed) -> None:
    _token, browser = subscribed()
    assert not services.unsubscribe(site=site, token=token_new(), endpoint=browser.endpoint, proof={})
    assert gone(site) == 0


def test_another_person_at_the_same_browser_takes_the_subscription_over(
    actor: Actor, sara: Customer, site: Site, subscribed: Subscribed, service: Service
) -> None:
    _token, browser = subscribed(sara)
    services.subscribe(site=site, token=token_new(), data=browser.data(["news"]))
    assert Subscription.objects.get().visitor.customer_id is None
    assert asked(actor, sara).state == State.REFUSED


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_gets_nothing_more(
    status: int, actor: Actor, sara: Customer, site: Site, subscribed: Subscribed, service: Service
) -> None:
    _token, browser = subscribed(sara)
    service.answers[browser.name] = (status, {})
    message = asked(actor, sara)
    send_due()
    message.refresh_from_db()
    assert (message.state, message.reason) == (State.FAILED, "gone")
    assert gone(site) == 1
    assert Suppression.objects.get(channel="push").reason == "hard-bounce"
    assert asked(actor, sara, "again").state == State.REFUSED


@pytest.mark.parametrize(
    ("status", "state"),
    [(413, State.FAILED), (400, State.FAILED), (403, State.FAILED), (429, State.PENDING), (503, State.PENDING)],
)
def test_what_a_push_service_says(
    status: int, state: str, actor: Actor, sara: Customer, subscribed: Subscribed, service: Service
) -> None:
    _token, browser = subscribed(sara)
    service.answers[browser.name] = (status, {"Retry-After": "600"})
    message, now = asked(actor, sara), timezone.now()
    send_due(most=1)
    message.refresh_from_db()
    assert (message.state, message.reason) == (state, str(status))
    if state == State.PENDING:
        assert message.due_at > now + timedelta(seconds=590)
    assert Sender.objects.get().trouble == ("403" if status == 403 else "")
    assert not Suppression.objects.exists()


def answered(status: int | None, error: str = "") -> Answered:
    return Answered(status, 1, error)


@pytest.mark.parametrize(
    ("answers", "word"),
    [
        ([answered(410), answered(201)], Said.SENT),
        ([answered(None, "timeout"), answered(503)], Said.UNKNOWN),
        ([answered(None, "connect"), answered(410)], Said.AGAIN),
        ([answered(400), answered(410)], Said.FAILED),
        ([answered(301)], Said.FAILED),
        ([], Said.FAILED),
    ],
)
def test_of_several_browsers(answers: list[Answered], word: str) -> None:
    found = outcome_of(7, answers)
    assert (found.id, found.said, found.suppress) == (7, word, "")


def test_only_an_address_of_ours_or_the_sites_is_opened(site: Site, settings: LazySettings) -> None:
    row = Subscription(site=site, language="en")

    def url(text: str) -> str:
        return str(json.loads(payload("t", text, row, tag="x"))["u"])

    assert url("See https://evil.example/x") == ""
    assert url("See https://evil.example/x or https://www.shop.example/y.") == "https://www.shop.example/y"
    assert url(f"{settings.SITE_URL}/r/AbCd1234") == f"{settings.SITE_URL}/r/AbCd1234"
    assert url("https://shop.example.evil.example/") == ""
    assert len(payload("ع" * 300, "ع" * 5_000, row, tag="x")) < 3_993


def test_the_gate_and_the_page_of_preferences_know_the_channel(
    actor: Actor, sara: Customer, subscribed: Subscribed
) -> None:
    shown = preferences_of(recipient=recipient_of(customer=sara), language="en")
    assert "push" not in [one.name for one in shown.channels]
    subscribed(sara)
    shown = preferences_of(recipient=recipient_of(customer=sara), language="en")
    assert "push" in [one.name for one in shown.channels]
    assert forecast(actor=actor, customer=sara).options["news", "push"].action == "pass"


def test_the_house_chooses_topics_and_its_keys_stay(actor: Actor, site: Site) -> None:
    assert queries.sender_get(actor=actor).pk is None
    assert parts.config(site) is None
    first = services.sender_save(actor=actor, data=SenderData(enabled=True, topics=("news",), contact="A@B.ir"))
    again = services.sender_save(actor=actor, data=SenderData(enabled=True, topics=("news", "service")), version=1)
    assert (first.public, first.private) == (again.public, again.private)
    assert first.public
    assert first.private not in ("", first.public)
    told = parts.config(site)
    assert told is not None
    assert [one["key"] for one in told["topics"]] == ["news", "service"]
    assert told["topics"][0]["text"]
    assert told["public"] == first.public
    with pytest.raises(ChangedMeanwhileError):
        services.sender_save(actor=actor, data=SenderData(enabled=False, topics=()), version=1)
    wrong: list[dict[str, Any]] = [
        {"topics": ()}, {"topics": ("none-such",)}, {"topics": ("news",), "hours": 0},
        {"topics": ("news",), "contact": "x"},
    ]  # fmt: skip
    for data in wrong:
        with pytest.raises(InvalidError):
            services.sender_save(actor=actor, data=SenderData(enabled=True, **data))


def test_what_is_no_subscription(site: Site, sender: Sender, service: Service) -> None:
    good = service.browser().data(["news"])
    wrong: list[dict[str, Any]] = [
        {"endpoint": "ftp://x.ir/y"}, {"endpoint": "http://169.254.1.1/"}, {"endpoint": "https://x.ir/" + "y" * 1_600},
        {"p256dh": "x"}, {"auth": ""}, {"topics": []}, {"topics": ["surveys"]},
    ]  # fmt: skip
    for more in wrong:
        with pytest.raises(InvalidError):
            services.subscribe(site=site, token=token_new(), data=type(good)(**{**vars(good), **more}))
    assert not Subscription.objects.exists()


def test_a_browser_that_renews_itself_stays_the_same(site: Site, subscribed: Subscribed, service: Service) -> None:
    _token, browser = subscribed()
    fresh = service.browser()
    assert not services.renew(site=site, old="https://nobody.example/", data=fresh.data([]))
    assert services.renew(site=site, old=browser.endpoint, data=fresh.data([]))
    row = Subscription.objects.get()
    assert row.topics == ["news"]
    assert row.digest == digest_of(fresh.endpoint)
    assert Visitor.objects.count() == 1


def test_who_is_erased_takes_no_notices_and_opened_nothing(
    actor: Actor, sara: Customer, subscribed: Subscribed, service: Service
) -> None:
    subscribed(sara)
    message = asked(actor, sara, text=f"{sara.name} {TEXT}")
    send_due()
    Click.objects.create(link=Link.objects.get(), message_id=message.pk)
    shown = person_collect(actor=actor, customer_id=sara.pk)
    assert {"push_subscription", "outreach_click"} <= {name for name, rows in shown["tables"].items() if rows}
    person_erase(actor=actor, customer_id=sara.pk, name=sara.name)
    assert not Subscription.objects.exists()
    assert not Click.objects.exists()
    assert not Link.objects.exists()
