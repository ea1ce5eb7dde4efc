"""Events become visits, visitors, carts and purchases; twice is once."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from peyvand.channels.sites.models import Proof, Site, Visitor
from peyvand.channels.sites.services import known, unknown, visitor_seen
from peyvand.channels.sites.tokens import visitor_key
from peyvand.channels.web import identifying, setting
from peyvand.channels.web.digesting import digest
from peyvand.channels.web.kinds import KINDS, VISIT
from peyvand.channels.web.models import Basket, Visit
from peyvand.channels.web.personal import forget
from peyvand.channels.web.telling import tell
from peyvand.channels.web.tests.conftest import TOKEN, put, stored
from peyvand.foundation.outbox.services import deliver_pending
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.mentions import Mentioned
from peyvand.memory.commerce.services import LineData, order_place
from peyvand.memory.customers.models import Customer
from peyvand.memory.interactions.models import Interaction

KEY = visitor_key(TOKEN)
AROUND = {"_": {"l": "fa-IR", "a": "Mozilla/5.0 (iPhone; Mobile)", "last": {"source": "mail"}}}


def now() -> datetime:
    return timezone.now() - timedelta(minutes=3)


def read() -> None:
    """All of it, since a test is one transaction; that this changes nothing is what one of them shows."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE web_reading SET xid = '0'")
    while digest():
        pass
    while tell():
        pass


@pytest.mark.django_db
def test_a_visit_is_one_interaction_that_grows(site: Site) -> None:
    start = now() - timedelta(minutes=20)
    put(site, ("page", start, "/", {"utm": {"source": "mail", "medium": "email", "campaign": "یلدا"}, **AROUND}),
        ("search", start + timedelta(minutes=1), "/", {"q": " پسته "}), visitor=KEY)  # fmt: skip
    read()
    visit = Visit.objects.get()
    assert (visit.pages, visit.events, visit.searches, visit.device) == (1, 2, ["پسته"], "phone")
    assert (visit.source, visit.medium, visit.campaign, visit.seconds) == ("mail", "email", "یلدا", 60)
    assert visit.touch == {"last": {"source": "mail"}}
    visitor = Visitor.objects.get()
    assert (visitor.key, visitor.language, visitor.first_at) == (KEY, "fa", start)
    told = Interaction.objects.get()
    assert (told.kind, told.identity_kind, told.identity_key, told.customer_id) == (VISIT, "visitor", KEY, None)
    assert (told.duration_s, told.payload["pages"], told.payload["source"]) == (60, 1, "mail")
    put(site, ("page", start + timedelta(minutes=10), "/tea/", {}), visitor=KEY)
    Visit.objects.update(told_at=start)
    read()
    assert Visit.objects.get().pages == 2
    again = Interaction.objects.get()
    assert (again.pk, again.duration_s, again.payload["pages"]) == (told.pk, 600, 2)
    assert "2" in KINDS[0].summary(again.payload, "en")


@pytest.mark.django_db
def test_reading_all_of_it_again_changes_nothing(site: Site) -> None:
    start = now() - timedelta(hours=3)
    put(site, *[("page", start + timedelta(minutes=minute), f"/{minute}/", {}) for minute in (0, 5, 50, 55, 120)],
        ("cart", start + timedelta(minutes=56), "/", {"items": [{"sku": 7, "name": "x"}], "value": "12.5"}),
        ("purchase", start + timedelta(minutes=57), "/", {"id": 1001, "value": 12.5, "currency": "eur"}),
        visitor=KEY)  # fmt: skip
    read()
    before = [list(Visit.objects.order_by("id").values("id", "started_at", "ended_at", "pages", "events")),
              list(Basket.objects.order_by("id").values()), Interaction.objects.count()]  # fmt: skip
    assert [row["pages"] for row in before[0]] == [2, 2, 1]
    read()
    after = [list(Visit.objects.order_by("id").values("id", "started_at", "ended_at", "pages", "events")),
             list(Basket.objects.order_by("id").values()), Interaction.objects.count()]  # fmt: skip
    assert after == before


@pytest.mark.django_db
def test_a_late_event_joins_the_visit_that_was_over(site: Site) -> None:
    start = now() - timedelta(hours=5)
    put(site, ("page", start, "/", {}), ("page", start + timedelta(minutes=20), "/b/", {}), visitor=KEY)
    read()
    first = Visit.objects.get()
    put(site, ("page", start + timedelta(minutes=10), "/late/", {}), ("page", start + timedelta(hours=2), "/", {}),
        visitor=KEY)  # fmt: skip
    read()
    assert [(one.pk == first.pk, one.pages) for one in Visit.objects.order_by("started_at")] == [(True, 3), (False, 1)]
    assert [step["n"] for step in Visit.objects.get(pk=first.pk).path] == [
        "title of /",
        "title of /late/",
        "title of /b/",
    ]
    assert Interaction.objects.count() == 2


@pytest.mark.django_db
def test_counted_browsers_stand_in_no_history(site: Site) -> None:
    put(site, ("page", now(), "/", {}), visitor="c" * 26, kept=False)
    read()
    assert Visit.objects.get().visitor is None
    assert not Visitor.objects.exists()
    assert not Interaction.objects.exists()


@pytest.mark.django_db
def test_a_token_of_another_site_is_worth_nothing(site: Site, actor: Actor) -> None:
    other = Site.objects.create(name="Other", hosts=["other.example"])
    visitor_seen(site=other, token=TOKEN)
    put(site, ("page", now(), "/", {}), visitor=KEY)
    read()
    assert not Visit.objects.exists()
    assert Visitor.objects.get().site == other


@pytest.mark.django_db
def test_the_past_comes_to_the_customer_and_leaves_them(site: Site, customer: Customer, actor: Actor) -> None:
    put(site, ("page", now(), "/", {}), visitor=KEY)
    read()
    visitor = Visitor.objects.get()
    known(actor=actor, visitor=visitor, customer=customer, how=Proof.SIGNATURE)
    deliver_pending()
    assert Interaction.objects.get().customer_id == customer.pk
    put(site, ("page", now() - timedelta(hours=2), "/", {}), visitor=KEY)
    read()
    assert Interaction.objects.filter(customer=customer).count() == 2
    visitor.refresh_from_db()
    unknown(actor=actor, visitor=visitor)
    deliver_pending()
    visitor.refresh_from_db()
    assert visitor.customer_id is None
    assert Interaction.objects.filter(identity_key=KEY, customer=None).exists()


@pytest.mark.django_db
def test_a_page_makes_no_revenue_it_is_linked_to_an_order(site: Site, customer: Customer, actor: Actor) -> None:
    put(site, ("purchase", now(), "/thanks/", {"id": "A-1", "value": 10**9, "currency": "EUR"}), visitor=KEY)
    read()
    assert Basket.objects.get().order is None
    order = order_place(
        actor=actor, customer=customer, currency="EUR", number="A-1",
        lines=[LineData(quantity=Decimal(1), description="tea", unit_price=Decimal(1))],
    )  # fmt: skip
    deliver_pending()
    assert Basket.objects.get().order == order
    order.refresh_from_db()
    assert order.total_minor == 100
    put(site, ("purchase", now(), "/thanks/", {"id": "A-1", "value": 5}), visitor="w" * 26)
    read()
    assert Basket.objects.count() == 1  # told again by somebody else: the first telling stands


@pytest.mark.django_db
def test_two_people_on_one_computer_are_never_one(site: Site, customer: Customer, actor: Actor) -> None:
    other = Customer.objects.create(name="other")
    visitor = visitor_seen(site=site, token=TOKEN)
    known(actor=actor, visitor=visitor, customer=customer, how=Proof.SIGNATURE)
    second = known(actor=actor, visitor=visitor, customer=other, how=Proof.SIGNATURE)
    assert second.token
    put(site, ("page", now(), "/", {}), visitor=visitor_key(second.token))
    read()
    assert Interaction.objects.get().customer_id == other.pk


@pytest.mark.django_db
def test_claims_prove_nothing(site: Site, customer: Customer) -> None:
    said = {"id": "C7", "system": "shop", "signature": "0" * 64, "email": "mina@example.com", "remember": True}
    assert identifying.told(site=site, token=TOKEN, said=said) == identifying.Told(False)
    visitor = Visitor.objects.get()
    assert (visitor.customer_id, visitor.claims, visitor.remembered) == (None, {"email": "mina@example.com"}, True)


@pytest.mark.django_db
def test_months_are_made_ahead_and_dropped_when_they_are_over() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE web_event_2024_01 PARTITION OF web_event FOR VALUES FROM ('2024-01-01') TO ('2024-02-01')"
        )
        setting.sweep()
        cursor.execute("SELECT to_regclass('web_event_2024_01')")
        assert cursor.fetchone()[0] is None
        cursor.execute("SELECT count(*) FROM pg_inherits WHERE inhparent = 'web_event'::regclass")
        assert cursor.fetchone()[0] == 5  # the last month, this one, three ahead
    with pytest.raises(ValueError, match="months"):
        setting.months_checked(0)


@pytest.mark.django_db
def test_events_of_an_erased_person_go(site: Site, actor: Actor) -> None:
    put(site, ("page", now(), "/", {}), visitor=KEY)
    put(site, ("page", now(), "/", {}), visitor="x" * 26)
    assert forget(actor, Mentioned.of(ids=[1], names=[], addresses=[KEY])) == 1
    assert stored("visitor") == "x" * 26
