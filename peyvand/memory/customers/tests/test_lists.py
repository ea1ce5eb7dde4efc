"""Searching, filtering, sorting, and the list's page."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peyvand.foundation.accounts.models import Role
from peyvand.foundation.registry.actor import system_actor
from peyvand.foundation.ui.lists import paginate
from peyvand.memory.customers import queries, services
from peyvand.memory.customers.data import IdentityData, TraitRow
from peyvand.memory.customers.filters import asked
from peyvand.memory.customers.models import Customer, Touch
from peyvand.memory.customers.tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client: Client) -> Client:
    role, _made = Role.objects.get_or_create(key="admin", defaults={"name": "Administrator"})
    client.force_login(factories.user("Sara", role=role))
    return client


def _found(text: str) -> list[str]:
    return [one.name for one in queries.customers_search(actor=system_actor(), text=text).rows]


def test_people_are_found_by_what_one_remembers_of_them() -> None:
    made = factories.customer("محمد‌رضا کیانی", phone="09123456789", email="m.kiani@example.com")
    code = IdentityData("external", "AT-20481", system="shop")
    services.identity_add(actor=system_actor(), customer=made, data=code)
    factories.customer("دیگری", phone="09351112233")
    for text in (
        "کیا", "محمدرضا", "محمد رضا", "كياني", "رضا محمد", "6789", "۶۷۸۹", "0912 345", "+98912",
        "09123456789", "m.kiani@",
        "M.KIANI@example.com", "at-20481",
    ):  # fmt: skip
        assert _found(text) == ["محمد‌رضا کیانی"], text
    assert _found("1234") == []


def test_when_nothing_has_these_letters_near_names_are_offered() -> None:
    factories.customer("حمیدرضا کیانی")
    found = queries.customers_search(actor=system_actor(), text="کیآنئ حمیدرصا")
    assert found.guessed
    assert [one.name for one in found.rows] == ["حمیدرضا کیانی"]


def test_conditions_narrow_and_nonsense_in_the_address_is_left_out() -> None:
    sara = factories.user()
    one = factories.customer("علی", city="تهران", owner_id=sara.pk, tags=["الف"])
    two = factories.customer("شرکت", kind="organisation")
    services.traits_write(
        actor=system_actor(),
        rows=[
            TraitRow(one.pk, "value.class", text="risk"),
            TraitRow(one.pk, "value.revenue", number=Decimal(500), currency="USD"),
        ],
        source="insight.value",
    )
    Touch.objects.filter(pk=one.pk).update(at=timezone.now() - timedelta(days=10))

    def ids(**query: str) -> set[int]:
        wanted = asked(actor=factories.actor(sara), query=query, currency="USD")
        return set(queries.customers(actor=factories.actor(sara), chosen=wanted.chosen).values_list("pk", flat=True))

    tag = one.tagged.get().tag_id
    narrowing = (
        {"class": "risk,lost"}, {"owner": "me"}, {"owner": str(sara.pk)}, {"tag": str(tag)}, {"city": "تهران"},
        {"kind": "person"}, {"touched": "30"}, {"from": "400"}, {"to": "۶۰۰"}, {"view": "attention"}, {"view": "mine"},
        {"view": "people"},
    )  # fmt: skip
    for query in narrowing:
        assert ids(**query) == {one.pk}, query
    for query in ({"owner": "none"}, {"touched": "-30"}, {"view": "organisations"}, {"view": "unowned"}):
        assert ids(**query) == {two.pk}, query
    for query in ({"class": "x"}, {"owner": "1 or 1"}, {"tag": "²"}, {"touched": "99"}, {"from": "abc"}, {"view": "x"}):
        assert ids(**query) == {one.pk, two.pk}, query


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.one_of(st.none(), st.integers(0, 3)), min_size=1, max_size=9),
    st.sampled_from(sorted(queries.ORDERS)),
    st.integers(1, 4),
)
def test_pages_show_everyone_once_in_any_order(worths: list[int | None], order: str, size: int) -> None:
    Customer.objects.all().delete()
    made = [factories.customer() for _ in worths]
    rows = [
        TraitRow(one.pk, queries.WORTH, number=Decimal(worth), currency="USD")
        for one, worth in zip(made, worths, strict=True)
        if worth is not None
    ]
    services.traits_write(actor=system_actor(), rows=rows, source="t")
    for one, worth in zip(made, worths, strict=True):
        if worth is not None:
            Touch.objects.filter(pk=one.pk).update(at=timezone.now() - timedelta(days=worth))
    found = queries.with_worth(queries.customers(actor=system_actor()), currency="USD")
    seen: list[int] = []
    cursor = None
    while True:
        page = paginate(found, order=queries.ORDERS[order], cursor=cursor, size=size)
        seen += [row.pk for row in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert len(seen) == len(set(seen))
    assert set(seen) == {one.pk for one in made}


def _fill(count: int) -> None:
    sara = factories.user()
    firm = factories.customer("کافه", kind="organisation")
    for place in range(count):
        one = factories.customer(f"مشتری {place}", phone=f"0912{place:07d}", owner_id=sara.pk, tags=["الف"])
        services.relation_add(actor=system_actor(), person=one, organisation=firm, role="خریدار")
        rows = [
            TraitRow(one.pk, "value.class", text="risk"),
            TraitRow(one.pk, "value.revenue", number=Decimal(place), currency="IRR"),
        ]
        services.traits_write(actor=system_actor(), rows=rows, source=f"t{place}")


def test_the_list_costs_at_most_fifteen_queries(admin: Client, django_assert_max_num_queries) -> None:
    _fill(12)
    admin.get(reverse("customers:list"))
    for query in ("", "?sort=value&class=risk&owner=none&q=x", "?q=مشتری&sort=touched", "?view=attention"):
        with django_assert_max_num_queries(15 + 4):  # of which session, user, role and settings are the frame's
            answer = admin.get(reverse("customers:list") + query)
        assert answer.status_code == 200


def test_the_page_of_a_customer_costs_at_most_fifteen_queries(admin: Client, django_assert_max_num_queries) -> None:
    _fill(5)
    one = Customer.objects.filter(kind="person").first()
    assert one is not None
    admin.get(reverse("customers:one", args=[one.pk]))
    with django_assert_max_num_queries(15 + 4 + 2):  # the last two: their audiences, and what their contracts are worth
        assert admin.get(reverse("customers:one", args=[one.pk])).status_code == 200


def test_a_form_makes_changes_and_says_what_is_wrong(admin: Client) -> None:
    post = {
        "given_name": "مریم", "family_name": "رستگار", "tags": "الف، ب", "identity-kind": ["phone", "email"],
        "identity-value": ["0912345", ""], "identity-system": ["", ""],
    }  # fmt: skip
    answer = admin.post(reverse("customers:new"), post)
    assert answer.status_code == 422
    assert not Customer.objects.exists()
    answer = admin.post(reverse("customers:new"), {**post, "identity-value": ["09121112233", "m@example.com"]})
    made = Customer.objects.get()
    assert answer.status_code == 302
    assert made.name == "مریم رستگار"
    assert made.tagged.count() == 2
    page = admin.post(reverse("customers:same"), {**post, "identity-value": ["0912 111 2233", ""]}).content.decode()
    assert "مریم رستگار" in page
    form = {**post, "family_name": "تازه", "identity-value": ["09121112233", ""]}
    stale = admin.post(reverse("customers:edit", args=[made.pk]), {**form, "version": "0"})
    assert stale.status_code == 409
    assert Customer.objects.get().name == "مریم رستگار"
    saved = admin.post(reverse("customers:edit", args=[made.pk]), {**form, "version": str(made.version)})
    assert saved.status_code == 302
    assert Customer.objects.get().name == "مریم تازه"


def test_the_bulk_bar_does_what_it_says_and_offers_the_way_back(admin: Client) -> None:
    one, two = factories.customer("علی", city="قم"), factories.customer("رضا")
    url = reverse("customers:bulk")
    answer = admin.post(f"{url}?city=قم", {"everyone": "1", "tag": "خوب", "untag": "", "owner": ""}, follow=True)
    assert "data-undo" in answer.content.decode()
    assert one.tagged.count() == 1
    assert two.tagged.count() == 0
    admin.post(url, {"ids": [str(two.pk), "x"], "delete": "1"})
    assert not Customer.objects.filter(pk=two.pk).exists()


def test_nobody_matches_shows_the_nearest(admin: Client) -> None:
    factories.customer("علی", city="قم")
    page = admin.get(reverse("customers:list") + "?city=قم&kind=organisation").content.decode()
    assert reverse("customers:new") in page
    assert "?city=" in page
