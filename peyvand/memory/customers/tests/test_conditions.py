"""Conditions on what does not stand in the record itself: phones, e-mails, tags, class, owner; older addresses."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from peyvand.foundation.fields.services import FieldData, field_save
from peyvand.foundation.registry.actor import Actor, Scope, system_actor
from peyvand.memory.customers import queries, services
from peyvand.memory.customers.data import CustomerData, TraitRow
from peyvand.memory.customers.filters import asked
from peyvand.memory.customers.models import Tag
from peyvand.memory.customers.tests import factories

pytestmark = pytest.mark.django_db


def _found(query: dict[str, str], actor: Actor | None = None) -> set[str]:
    actor = actor or system_actor()
    wanted = asked(actor=actor, query=query, currency="IRR")
    assert all(name in wanted.given for name in query), "what was asked is asked"
    return {row.name for row in queries.customers(actor=actor, chosen=wanted.chosen)}


def test_phones_and_e_mails_are_asked_for_as_people_write_them() -> None:
    factories.customer("علی", phone="09121112233", email="ali@gmail.com")
    factories.customer("رضا", phone="+4915112345678")
    factories.customer("مینا", email="mina@example.org")
    for text, names in (
        ("is:0912 111 2233", {"علی"}),
        ("is:۰۹۱۲۱۱۱۲۲۳۳", {"علی"}),
        ("is:2233", {"علی"}),
        ("not:09121112233", {"رضا", "مینا"}),
        ("starts:0912", {"علی"}),
        ("starts:+49", {"رضا"}),
        ("ends:۲۲۳۳", {"علی"}),
        ("contains:1234", {"رضا"}),
        ("contains:-", set()),
        ("filled", {"علی", "رضا"}),
        ("empty", {"مینا"}),
    ):
        assert _found({"f.phone": text}) == names, text
    for text, names in (
        ("ends:@gmail.com", {"علی"}),
        ("is:MINA@example.org", {"مینا"}),
        ("is:no address", set()),
        ("not:mina@example.org", {"علی", "رضا"}),
        ("contains:example", {"مینا"}),
        ("starts:ali", {"علی"}),
        ("filled", {"علی", "مینا"}),
        ("empty", {"رضا"}),
    ):
        assert _found({"f.email": text}) == names, text
    blind = Actor(user_id=None, name="x", grants={"customers.view": Scope.ALL}, hidden=frozenset({"customer.phone"}))
    assert not asked(actor=blind, query={"f.phone": "filled"}, currency="IRR").given


def test_tags_class_city_and_owner_may_be_filled_empty_one_of_or_none_of() -> None:
    sara = factories.user("سارا")
    one = factories.customer("علی", tags=["الف", "ب"], city="یزد", owner_id=sara.pk)
    two = factories.customer("رضا", tags=["ب"], city="yazd")
    factories.customer("مینا")
    services.traits_write(
        actor=system_actor(), source="t",
        rows=[TraitRow(one.pk, "value.class", text="risk"), TraitRow(two.pk, "value.class", text="loyal")],
    )  # fmt: skip
    a, b = (Tag.objects.get(name=name).pk for name in ("الف", "ب"))
    me = factories.actor(sara)
    for query, names in (
        ({"f.tags": f"any:{a}"}, {"علی"}),
        ({"f.tags": f"any:{a},{b}"}, {"علی", "رضا"}),
        ({"f.tags": f"none:{a}"}, {"رضا", "مینا"}),
        ({"f.tags": "filled"}, {"علی", "رضا"}),
        ({"f.tags": "empty"}, {"مینا"}),
        ({"f.class": "any:risk,loyal"}, {"علی", "رضا"}),
        ({"f.class": "none:risk"}, {"رضا", "مینا"}),
        ({"f.class": "empty"}, {"مینا"}),
        ({"f.class": "filled"}, {"علی", "رضا"}),
        ({"f.city": "is:YAZD"}, {"رضا"}),
        ({"f.city": "is:یزد"}, {"علی"}),
        ({"f.city": "empty"}, {"مینا"}),
        ({"f.city": "filled"}, {"علی", "رضا"}),
        ({"f.owner": "any:me"}, {"علی"}),
        ({"f.owner": "none:me"}, {"رضا", "مینا"}),
        ({"f.owner": f"any:{sara.pk},999"}, {"علی"}),
        ({"f.owner": "filled"}, {"علی"}),
        ({"f.owner": "empty"}, {"رضا", "مینا"}),
        ({"f.kind": "any:person"}, {"علی", "رضا", "مینا"}),
        ({"f.kind": "none:person"}, set()),
    ):
        assert _found(query, me) == names, query


def test_older_addresses_and_programs_say_the_same_with_names_of_their_own() -> None:
    sara = factories.user("سارا")
    me = factories.actor(sara)
    factories.customer("علی", tags=["الف"], city="یزد", owner_id=sara.pk)
    tag = Tag.objects.get().pk
    for old, new in (
        ({"city": "یزد"}, {"f.city": "is:یزد"}),
        ({"tag": str(tag)}, {"f.tags": f"any:{tag}"}),
        ({"kind": "person"}, {"f.kind": "any:person"}),
        ({"class": "risk,loyal"}, {"f.class": "any:risk,loyal"}),
        ({"owner": "me"}, {"f.owner": "any:me"}),
        ({"owner": "none"}, {"f.owner": "empty"}),
        ({"owner": str(sara.pk)}, {"f.owner": f"any:{sara.pk}"}),
    ):
        wanted = asked(actor=me, query=old, currency="IRR")
        assert dict(wanted.given) == new
        assert wanted.chosen == asked(actor=me, query=new, currency="IRR").chosen
    nonsense = {"class": "best", "kind": "robot", "owner": "x", "tag": "-1"}
    assert not asked(actor=me, query=nonsense, currency="IRR").given


def test_the_menu_of_filters_offers_every_field_and_an_editor_begins_with_what_is_asked(client: Client) -> None:
    client.force_login(factories.user(role=factories.role("admin")))
    factories.customer("علی", city="یزد", tags=["الف"])
    menu = client.get(reverse("customers:list") + "?menu=filters&f.city=is:یزد").content.decode()
    for name in ("class", "owner", "tags", "lists", "stage", "phone", "email", "consent", "birth_date"):
        assert f'name="about" value="{name}"' in menu
    assert 'name="about" value="city"' not in menu, "it is asked already"
    tag = Tag.objects.get().pk
    page = client.get(reverse("customers:list") + f"?f.city=is:یزد&f.tags=any:{tag}").content.decode()
    assert 'value="یزد"' in page
    assert f'name="with" value="{tag}" checked' in page
    typed = client.get(reverse("customers:list"), {"about": "city", "op": "is", "with": "یزد"})
    assert typed.status_code == 302
    assert "f.city=is" in typed["Location"]


@pytest.fixture
def toman(client: Client) -> Client:
    """Somebody who reads and types rials as toman."""
    client.force_login(factories.user(role=factories.role("admin"), language="fa", toman=True))
    return client


def _rows(client: Client, address: str) -> tuple[str, list[str]]:
    """The address of the list that comes of what was typed, and the page's chips and names."""
    answer = client.get(address, follow=True)
    page = answer.content.decode()
    assert answer.status_code == 200
    return answer.request["QUERY_STRING"], [name for name in ("کم", "میانه", "بسیار") if f"<bdi>{name}</bdi>" in page]


def test_amounts_are_typed_in_the_unit_in_which_they_are_read(toman: Client) -> None:
    for name, rials in (("کم", 90_000), ("میانه", 1_000_000), ("بسیار", 9_000_000)):
        one = factories.customer(name)
        services.traits_write(
            actor=system_actor(),
            source="value",
            rows=[TraitRow(one.pk, queries.WORTH, number=Decimal(rials), currency="IRR")],
        )
    url = reverse("customers:list")
    query, names = _rows(toman, url + "?about=worth&with=۱۰۰٬۰۰۰&with=")
    assert query == "from=1000000"
    assert names == ["میانه", "بسیار"]
    page = toman.get(f"{url}?{query}").content.decode()
    assert "۱۰۰٬۰۰۰ تومان" in page
    assert 'name="with" inputmode="decimal" dir="ltr" value="100000"' in page
    assert _rows(toman, url + "?about=worth&with=&with=10000")[0] == "to=100000"
    assert _rows(toman, url + "?from=5&about=worth&with=&with=")[0] == ""
    assert _rows(toman, url + "?about=worth&with=زیاد&with=")[0] == ""
    assert toman.get(url + "?from=" + "9" * 40).status_code == 200


def test_amounts_of_ones_own_fields_are_typed_so_too(toman: Client) -> None:
    cap = FieldData(kind="money", label_fa="سقف", key="cap", currency="IRR")
    field_save(actor=system_actor(), record="customer", data=cap)
    for name, rials in (("کم", 90_000), ("بسیار", 9_000_000)):
        services.customer_create(actor=system_actor(), data=CustomerData(name=name, custom={"cap": Decimal(rials)}))
    url = reverse("customers:list")
    query, names = _rows(toman, url + "?about=c.cap&op=least&with=100000")
    assert query == "f.c.cap=least%3A1000000"
    assert names == ["بسیار"]
    page = toman.get(f"{url}?{query}").content.decode()
    assert "۱۰۰٬۰۰۰ تومان" in page
    assert 'value="100000"' in page, "its editor begins with what was typed, so that applying it again changes nothing"
