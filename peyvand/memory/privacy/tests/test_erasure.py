"""Whoever is erased is nowhere any more, and no undo brings them back."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from peyvand.foundation.changes import services as changes
from peyvand.foundation.changes.models import ChangeSet
from peyvand.foundation.registry.actor import NotAllowed, system_actor
from peyvand.memory.commerce.models import Order
from peyvand.memory.commerce.services import LineData, order_place, payment_record
from peyvand.memory.consents import services as consents
from peyvand.memory.customers.data import CustomerData, IdentityData
from peyvand.memory.customers.models import Customer
from peyvand.memory.customers.services import customer_create, identity_remove, relation_add, tag_add
from peyvand.memory.customers.tests import factories
from peyvand.memory.interactions.services import note_add, record
from peyvand.memory.privacy import erasing
from peyvand.memory.privacy.erasing import ErasureError
from peyvand.memory.privacy.models import Erasure
from peyvand.memory.privacy.suppression import suppressed

pytestmark = pytest.mark.django_db
CANARY = "Qanari"
ACTOR = system_actor()


@pytest.fixture
def canary() -> Customer:
    """Somebody whose name stands in every place that a room has for it."""
    consents.purposes_ensure(demo=False)
    data = CustomerData(
        given_name=CANARY, family_name=f"{CANARY}-zadeh", note=f"{CANARY} likes tea", city="Rasht",
        identities=[IdentityData("email", f"{CANARY}@example.com"), IdentityData("phone", "09120001122")],
    )  # fmt: skip
    person = customer_create(actor=ACTOR, data=data)
    old = person.identities.get(kind="phone")
    identity_remove(actor=ACTOR, identity=old)  # only the trail remembers it
    firm = customer_create(actor=ACTOR, data=CustomerData(name="Firm", kind="organisation"))
    relation_add(actor=ACTOR, person=person, organisation=firm, role=f"{CANARY} the buyer")
    tag_add(actor=ACTOR, customer=person, name="friend")
    note_add(actor=ACTOR, customer=person, text=f"{CANARY} called")
    record(actor=ACTOR, kind="call", at=timezone.now(), customer=person, payload={"text": f"{CANARY} again"})
    consents.consent_give(
        actor=ACTOR, customer=person, purpose="news", channels=["sms"], source="form", note=f"{CANARY} said yes"
    )
    line = LineData(quantity=Decimal(1), unit_price=Decimal(10), description="tea")
    order = order_place(actor=ACTOR, customer=person, lines=[line], currency="EUR", note=f"for {CANARY}")
    payment_record(actor=ACTOR, order_id=order.pk, amount_minor=500, reference=f"{CANARY} card")
    return person


def dump() -> dict[str, str]:
    """All text of every table of ours, images included."""
    found = {}
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names())
        for model in apps.get_models(include_auto_created=True):
            if model.__module__.startswith("peyvand.") and model._meta.db_table in there:
                cursor.execute(f"SELECT string_agg(t::text, ' ') FROM {model._meta.db_table} t")
                found[model._meta.db_table] = (cursor.fetchone()[0] or "").lower()
    return found


def hits(word: str) -> list[str]:
    return [table for table, text in dump().items() if word.lower() in text]


def test_nothing_of_them_is_left_anywhere(canary: Customer) -> None:
    before = hits(CANARY)
    assert {"customers_customer", "customers_identity", "interactions_interaction", "changes_image"} <= set(before)
    orders = Order.objects.count()
    counts = erasing.person_erase(actor=ACTOR, customer_id=canary.pk, name=canary.name)
    assert counts["customers_customer"] == 1
    assert hits(CANARY) == []
    assert hits("9120001122") == []
    assert not Customer.objects.filter(pk=canary.pk).exists()
    assert Order.objects.count() == orders
    assert Order.objects.latest("id").total_minor == 1000


def test_no_undo_brings_them_back(canary: Customer) -> None:
    sets = list(ChangeSet.objects.order_by("-id").values_list("id", flat=True))
    erasing.person_erase(actor=ACTOR, customer_id=canary.pk, name=canary.name)
    last = ChangeSet.objects.filter(kind="erase").latest("id").pk
    for set_id in [last, *sets]:
        with suppress(Exception):  # whatever it says, nothing may come back
            changes.undo(actor=ACTOR, change_set_id=set_id)
    assert hits(CANARY) == []


def test_their_addresses_are_known_again_without_being_kept(canary: Customer) -> None:
    keys = [("email", f"{CANARY.lower()}@example.com"), ("email", "other@example.com")]
    assert suppressed(actor=ACTOR, keys=keys) == set()
    erasing.person_erase(actor=ACTOR, customer_id=canary.pk, name=canary.name)
    assert suppressed(actor=ACTOR, keys=keys) == {keys[0]}
    assert Erasure.objects.get().customer_id == canary.pk


def test_it_needs_the_right_the_name_and_a_person(canary: Customer) -> None:
    with pytest.raises(NotAllowed):
        erasing.person_erase(actor=factories.actor(), customer_id=canary.pk, name=canary.name)
    with pytest.raises(ErasureError):
        erasing.person_erase(actor=ACTOR, customer_id=canary.pk, name="somebody else")
    firm = Customer.objects.get(kind="organisation")
    with pytest.raises(ErasureError):
        erasing.person_erase(actor=ACTOR, customer_id=firm.pk, name=firm.name)
    assert hits(CANARY)


def test_the_others_stay_as_they_are(canary: Customer) -> None:
    other = factories.customer("Bystander")
    note_add(actor=ACTOR, customer=other, text="stays")
    erasing.person_erase(actor=ACTOR, customer_id=canary.pk, name=canary.name)
    assert {"customers_customer", "interactions_interaction", "changes_image"} <= set(hits("stays")) | set(
        hits("Bystander")
    )
