"""What is known of a person comes out whole, of nobody else, and only by right."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from peyvand.foundation.changes.models import ChangeSet
from peyvand.foundation.registry.actor import NotAllowed, Scope, system_actor
from peyvand.memory.consents import services as consents
from peyvand.memory.customers.models import Customer
from peyvand.memory.customers.tests import factories
from peyvand.memory.privacy import services

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours() -> Customer:
    consents.purposes_ensure(demo=False)
    made, other = factories.customer(), factories.customer()
    for customer, note in ((made, "canary of ours"), (other, "canary of another")):
        consents.consent_give(
            actor=system_actor(), customer=customer, purpose="news", channels=["sms"], source="form", note=note
        )
    return made


def test_the_zip_has_the_rows_and_their_history_and_nobody_elses(ours: Customer) -> None:
    target = io.BytesIO()
    counts = services.person_export(actor=system_actor(), customer_id=ours.pk, target=target)
    assert counts["consents_consententry"] == 1
    text = zipfile.ZipFile(target).read("data.json").decode()
    found = json.loads(text)
    assert found["tables"]["consents_consententry"][0]["note"] == "canary of ours"
    assert [one["after"]["note"] for one in found["history"] if one["table"] == "consents_consententry"] == [
        "canary of ours"
    ]
    assert "canary of another" not in text
    assert ChangeSet.objects.filter(kind="export", reference__customer=ours.pk).exists()


def test_it_needs_the_right_and_a_customer_whom_one_sees(ours: Customer) -> None:
    with pytest.raises(NotAllowed):
        services.person_collect(actor=factories.actor(), customer_id=ours.pk)
    narrow = factories.actor(factories.user(), scope=Scope.OWN, privacy_export=Scope.ALL)
    with pytest.raises(Customer.DoesNotExist):
        services.person_collect(actor=narrow, customer_id=ours.pk)
