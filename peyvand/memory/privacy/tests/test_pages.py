"""The page of one person's data: what there is, the zip, the erasure by name."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.test import Client
from django.urls import reverse

from peyvand.foundation.accounts.tests.factories import make_admin, make_user, sign_in
from peyvand.memory.customers.models import Customer
from peyvand.memory.customers.tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client: Client) -> Client:
    sign_in(client, make_admin(language="en"))
    session = client.session
    session["demo"] = False
    session.save()
    return client


def test_the_page_says_what_goes_and_what_stays(admin: Client) -> None:
    person = factories.customer("Nima Sepehri", email="nima@example.com")
    page = admin.get(reverse("privacy:person", args=[person.pk])).content.decode()
    assert "Identity" in page
    assert "Nima Sepehri" in page
    assert reverse("privacy:person", args=[person.pk]) in admin.get(f"/customers/{person.pk}/").content.decode()


def test_everything_comes_as_a_zip(admin: Client) -> None:
    person = factories.customer("Nima Sepehri", email="nima@example.com")
    found = admin.post(reverse("privacy:export", args=[person.pk]))
    packed = zipfile.ZipFile(io.BytesIO(b"".join(found.streaming_content)))
    assert "nima@example.com" in packed.read("data.json").decode()


def test_a_wrong_name_erases_nobody_and_says_so(admin: Client) -> None:
    person = factories.customer("Nima Sepehri")
    found = admin.post(reverse("privacy:erase", args=[person.pk]), {"name": "Nima"})
    assert found.status_code == 422
    assert 'value="Nima"' in found.content.decode()
    assert Customer.objects.filter(pk=person.pk).exists()
    assert admin.post(reverse("privacy:erase", args=[person.pk]), {"name": "nima  sepehri"}).status_code == 302
    assert not Customer.objects.filter(pk=person.pk).exists()


def test_others_are_refused(client: Client) -> None:
    person = factories.customer("Nima Sepehri")
    sign_in(client, make_user(role_key="sales"))
    for name in ("person", "export", "erase"):
        address = reverse(f"privacy:{name}", args=[person.pk])
        found = client.get(address) if name == "person" else client.post(address, {"name": person.name})
        assert found.status_code in (403, 404)
    assert Customer.objects.filter(pk=person.pk).exists()
