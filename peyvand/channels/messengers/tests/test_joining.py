"""Who somebody in a chat is: by a code, by their own number, and never by what they merely say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from peyvand.channels.conversations.models import Conversation, Entry
from peyvand.channels.messengers import queries
from peyvand.channels.messengers.hearing import TRIES
from peyvand.channels.messengers.tests.conftest import Opened, hooked, update
from peyvand.channels.messengers.words import code_in
from peyvand.channels.outreach.models import Message
from peyvand.channels.sites.data import SiteData
from peyvand.channels.sites.models import LinkCode, Visitor
from peyvand.channels.sites.services import code_new, known, site_save, visitor_seen
from peyvand.channels.sites.tokens import token_new
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.customers.models import Customer, Identity

pytestmark = pytest.mark.django_db
Open = Callable[..., Opened]
Person = Callable[..., Customer]
OWN = {"phone_number": "989121112233", "first_name": "سارا", "user_id": 501}


@pytest.fixture
def visitor(actor: Actor) -> Visitor:
    site = site_save(actor=actor, data=SiteData(name="shop", hosts="shop.example"))
    return visitor_seen(site=site, token=token_new())


def chat_of(customer: Customer, key: str = "501", system: str = "bale") -> Identity:
    made: Identity = customer.identities.create(kind="messenger", system=system, key=key, value=key)
    return made


def says(kind: str) -> list[str]:
    return list(Message.objects.filter(source_kind=kind).values_list("content__title", flat=True))


@pytest.mark.parametrize("form", ["/start {}", "{}", " {} ", "/start {} "])
def test_the_chat_in_which_a_code_is_written_is_the_customers(
    form: str, opened: Open, actor: Actor, person: Person
) -> None:
    row, _fake = opened("bale")
    hooked(row, update(1, "سلام، من کی هستم؟"))
    sara = person()
    code = code_new(actor=actor, customer=sara)
    for _time in range(3):
        hooked(row, update(2, form.format(code)))
    identity = sara.identities.get(kind="messenger")
    assert (identity.key, identity.system, identity.verified_how) == ("501", "bale", "code")
    assert set(Conversation.objects.values_list("customer_id", flat=True)) == {sara.pk}
    assert says("messengers.joined") == ["Done: from now on we know you in this chat."]
    assert Customer.objects.count() == 1


@pytest.mark.parametrize("typed", ["abcd2345", "ABCD-2345", "ABCD 2345", "۲۳۴۵abcd"])
def test_a_code_is_read_as_people_type_it(typed: str) -> None:
    assert code_in(typed).isalnum()
    assert code_in(typed).isupper()


@pytest.mark.parametrize("text", ["", "hello", "سلام سلام", "my code is ABCD2345", "ABCD23456"])
def test_other_words_are_no_code(text: str) -> None:
    assert code_in(text) == ""


def test_a_code_is_good_once_and_for_a_while(opened: Open, actor: Actor, person: Person) -> None:
    row, _fake = opened("bale")
    sara = person()
    code = code_new(actor=actor, customer=sara)
    hooked(row, update(1, code, chat=501))
    hooked(row, update(2, f"/start {code}", chat=502))
    assert list(sara.identities.filter(kind="messenger").values_list("key", flat=True)) == ["501"]
    assert says("messengers.start") == [
        "This code is no longer good. Get a new one and send it here, or just write your question."[:60]
    ]
    late = code_new(actor=actor, customer=person())
    LinkCode.objects.filter(used_at=None).update(expires_at=timezone.now() - timedelta(seconds=1))
    hooked(row, update(3, late, chat=503))
    assert Identity.objects.filter(kind="messenger").count() == 1


def test_who_guesses_codes_is_heard_no_more_as_one_who_has_a_code(opened: Open, actor: Actor, person: Person) -> None:
    row, _fake = opened("bale")
    for number in range(TRIES):
        hooked(row, update(number + 1, f"AAAA{number:04d}"))
    sara = person()
    hooked(row, update(99, code_new(actor=actor, customer=sara)))
    assert not sara.identities.filter(kind="messenger").exists()
    assert Entry.objects.count() == TRIES + 1, "all is kept"


def test_a_chat_of_somebody_else_does_not_move(opened: Open, actor: Actor, person: Person) -> None:
    row, _fake = opened("bale")
    ali, sara = person(), person()
    chat_of(ali)
    hooked(row, update(1, f"/start {code_new(actor=actor, customer=sara)}"))
    assert Identity.objects.get(kind="messenger").customer == ali
    assert says("messengers.joined") == ["This chat is known under another name already. Our colleagues will look"[:60]]


def test_a_visitors_code_joins_the_site_to_who_writes(
    opened: Open, actor: Actor, person: Person, visitor: Visitor
) -> None:
    row, _fake = opened("bale")
    sara = person()
    chat_of(sara)
    hooked(row, update(1, f"/start {code_new(actor=actor, visitor=visitor)}"))
    visitor.refresh_from_db()
    assert (visitor.customer, visitor.how) == (sara, "code")
    assert Customer.objects.count() == 1


def test_where_nobody_is_known_both_are_somebody_new(opened: Open, actor: Actor, visitor: Visitor) -> None:
    row, _fake = opened("bale")
    hooked(row, update(1, "سلام"))
    hooked(row, update(2, f"/start {code_new(actor=actor, visitor=visitor)}"))
    made = Customer.objects.get()
    visitor.refresh_from_db()
    assert (made.name, made.language, made.source) == ("سارا کیانی", "fa", "messenger:bale")
    assert visitor.customer == made
    assert Conversation.objects.get().customer == made


def test_a_visitor_who_is_known_brings_the_chat_to_them(
    opened: Open, actor: Actor, person: Person, visitor: Visitor
) -> None:
    row, _fake = opened("bale")
    sara = person()
    known(actor=actor, visitor=visitor, customer=sara, how="form")
    hooked(row, update(1, code_new(actor=actor, visitor=visitor)))
    assert sara.identities.get(kind="messenger").key == "501"


# ── their own number ──────────────────────────────────────────────────────


def with_phone(person: Person, number: str = "+989121112233") -> Customer:
    made = person()
    made.identities.filter(kind="phone").update(key=number, value=number)
    return made


def test_their_own_number_says_who_they_are(opened: Open, person: Person) -> None:
    row, _fake = opened("bale")
    sara = with_phone(person)
    hooked(row, update(1, "سلام"))
    for _time in range(3):
        hooked(row, update(2, contact=OWN))
    assert sara.identities.get(kind="messenger").verified_how == "program"
    assert sara.identities.get(kind="phone").verified_at is not None
    assert Conversation.objects.get().customer == sara
    assert says("messengers.known") == ["Thank you: from now on we know you by this number."]


def test_a_number_that_is_nobodys_is_somebody_new(opened: Open) -> None:
    row, _fake = opened("bale")
    for _time in range(3):
        hooked(row, update(1, contact=OWN))
    made = Customer.objects.get()
    assert sorted(made.identities.values_list("kind", "key")) == [("messenger", "501"), ("phone", "+989121112233")]
    assert made.name == "سارا"


@pytest.mark.parametrize(
    "contact",
    [{**OWN, "user_id": 77}, {"phone_number": "989121112233"}, {**OWN, "phone_number": "not one"}],
)
def test_a_card_of_somebody_else_or_none_is_words_only(contact: dict[str, Any], opened: Open, person: Person) -> None:
    row, _fake = opened("bale")
    sara = with_phone(person)
    hooked(row, update(1, contact=contact))
    assert not sara.identities.filter(kind="messenger").exists()
    assert Customer.objects.count() == 1
    assert Conversation.objects.get().customer is None


def test_a_forwarded_card_of_their_own_proves_nothing(opened: Open, person: Person) -> None:
    row, _fake = opened("bale")
    sara = with_phone(person)
    hooked(row, update(1, contact=OWN, forward_date=1_790_000_000))
    assert not sara.identities.filter(kind="messenger").exists()


def test_a_number_that_several_have_leaves_them_unknown(opened: Open, person: Person) -> None:
    row, _fake = opened("bale")
    with_phone(person)
    with_phone(person)
    hooked(row, update(1, contact=OWN))
    assert Conversation.objects.get().customer is None
    assert not Identity.objects.filter(kind="messenger").exists()
    assert says("messengers.known") == ["Thank you, our colleagues have your number."]


def test_a_number_of_another_than_whose_chat_it_is_moves_nothing(opened: Open, person: Person) -> None:
    row, _fake = opened("bale")
    sara, ali = with_phone(person), person()
    chat_of(ali)
    hooked(row, update(1, contact=OWN))
    assert Identity.objects.get(kind="messenger").customer == ali
    assert Identity.objects.get(kind="phone", key="+989121112233").customer == sara


def test_who_is_known_gives_their_number(opened: Open, person: Person) -> None:
    row, _fake = opened("bale")
    ali = person()
    chat_of(ali)
    hooked(row, update(1, contact=OWN))
    assert ali.identities.get(key="+989121112233").verified_how == "program"


def test_links_begin_a_chat_with_the_code(opened: Open) -> None:
    opened("telegram", username="shop_bot")
    opened("bale", username="shop_bale")
    opened("bale", enabled=False, username="off")
    opened("rubika")
    urls = [one.url for one in queries.links(demo=False, code="ABCD2345")]
    assert urls == ["https://t.me/shop_bot?start=ABCD2345", "https://ble.ir/shop_bale?start=ABCD2345"]
    assert not queries.linkable(demo=True)
