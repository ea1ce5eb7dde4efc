"""The queue, the merge and the way back, as staff use them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from peyvand.foundation.accounts.tests.factories import make_admin, make_user, sign_in
from peyvand.memory.commerce.tests.factories import an_order
from peyvand.memory.customers.models import Customer
from peyvand.memory.customers.tests import factories
from peyvand.memory.matching.models import Level, Pair, PairState

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client: Client) -> Client:
    sign_in(client, make_admin(language="en"))
    session = client.session
    session["demo"] = False
    session.save()
    return client


@pytest.fixture
def pair() -> Pair:
    first = factories.customer("Sara Karimi", phone="09121112233", city="Rasht")
    second = factories.customer("سارا کریمی", phone="09121112233", city="Tehran")
    reasons = [{"what": "phone", "how": "same", "weight": 11.0}, {"what": "city", "how": "other", "weight": -2.0}]
    return Pair.objects.create(
        a=first, b=second, kind="person", score=0.99, level=Level.CERTAIN, reasons=reasons
    )  # fmt: skip


def test_the_queue_says_who_and_why(admin: Client, pair: Pair) -> None:
    page = admin.get(reverse("matching:queue")).content.decode()
    assert "Sara Karimi" in page
    assert "the same phone" in page
    assert "different cities" in page
    assert "Sara Karimi" not in admin.get(reverse("matching:queue") + "?level=possible").content.decode()


def test_merged_by_choice_and_taken_apart_again(admin: Client, pair: Pair) -> None:
    order = an_order(customer=pair.b)
    address = reverse("matching:merge", args=[pair.a_id, pair.b_id])
    assert "Tehran" in admin.get(address).content.decode()
    answer = admin.post(address, {"field-city": "gone", "field-name": "kept"})
    assert answer.status_code == 302
    kept = Customer.objects.get(pk=pair.a_id)
    assert (kept.name, kept.city) == ("Sara Karimi", "Tehran")
    order.refresh_from_db()
    assert order.customer_id == kept.pk
    old = admin.get(reverse("customers:one", args=[pair.b_id]))
    assert old.headers["Location"] == reverse("customers:one", args=[kept.pk])
    page = admin.get(reverse("customers:one", args=[kept.pk])).content.decode()
    back = reverse("matching:unmerge", args=[kept.pk, pair.b_id])
    assert back in page
    assert admin.post(back).status_code == 302
    order.refresh_from_db()
    assert order.customer_id == pair.b_id
    assert Customer.objects.get(pk=pair.a_id).city == "Rasht"
    assert Customer.objects.get(pk=pair.b_id).name == "سارا کریمی"


def test_a_stage_is_chosen_by_its_word(client: Client, pair: Pair) -> None:
    sign_in(client, make_admin(language="fa"))
    Customer.objects.filter(pk=pair.a_id).update(stage="prospect")
    Customer.objects.filter(pk=pair.b_id).update(stage="customer")
    page = client.get(reverse("matching:merge", args=[pair.a_id, pair.b_id])).content.decode()
    assert "مشتری بالقوه" in page
    assert ">prospect<" not in page


def test_who_is_told_apart_is_not_asked_again(admin: Client, pair: Pair) -> None:
    assert "the same phone" in admin.get(reverse("customers:one", args=[pair.a_id])).content.decode()
    admin.post(reverse("matching:decide", args=[pair.pk]), {"what": "different"})
    pair.refresh_from_db()
    assert pair.state == PairState.DIFFERENT
    assert "the same phone" not in admin.get(reverse("customers:one", args=[pair.a_id])).content.decode()


def test_a_pair_beyond_ones_reach_is_not_there(client: Client, pair: Pair) -> None:
    sign_in(client, make_user(role_key="viewer"))
    for address in (
        reverse("matching:merge", args=[pair.a_id, pair.b_id]),
        reverse("matching:decide", args=[pair.pk]),
        reverse("matching:unmerge", args=[pair.a_id, pair.b_id]),
    ):
        assert client.post(address).status_code in (403, 404)
    assert Customer.objects.filter(pk__in=(pair.a_id, pair.b_id)).count() == 2


def test_a_search_is_started(admin: Client) -> None:
    assert admin.post(reverse("matching:find")).headers["Location"].startswith("/jobs/")
