"""The palette's answer as the page's script reads it: who and what is found, and where each hit leads."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import reverse

from peyvand.foundation.accounts.tests.factories import acting, make_admin, make_user
from peyvand.foundation.registry.declarations import MenuEntry, SettingsPage
from peyvand.foundation.registry.registry import registry
from peyvand.memory.customers.services import CustomerData, customer_create

pytestmark = pytest.mark.django_db


class Options(HTMLParser):
    """The options of a fragment, each by its id, and the headings of their groups."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.leads: dict[str, str] = {}
        self.groups: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if found.get("role") == "option":
            name, href = found.get("id"), found.get("data-href")
            assert name, "an option without an id can't be the active one"
            assert href, "an option that leads nowhere"
            assert name not in self.leads
            self.leads[name] = href
        if found.get("role") == "group":
            self.groups.append(found["aria-label"] or "")


def asked(client: Client, text: str) -> Options:
    response = client.get(reverse("workspace:palette"), {"q": text})
    assert response.status_code == 200
    return Options(response.content.decode())


@pytest.fixture
def client() -> Client:
    signed_in = Client()
    signed_in.force_login(make_admin(language="en"))
    return signed_in


def test_people_come_first_and_each_hit_says_where_it_leads(client: Client) -> None:
    one = customer_create(actor=acting(make_admin()), data=CustomerData(name="زهرا کشاورز"))
    found = asked(client, "زهرا")
    assert list(found.leads.values()) == [reverse("customers:one", args=[one.pk])]
    assert asked(client, "> زهرا").leads == {}


def test_pages_of_the_settings_are_found_and_those_of_others_are_not(client: Client) -> None:
    for page in registry.all(SettingsPage):
        assert reverse(page.url_name) in asked(client, str(page.label)).leads.values()
    assert reverse("accounts:users") in asked(client, ">people").leads.values()
    assert reverse("accounts:users") in asked(client, "> who works").leads.values(), "by its explanation too"
    client.force_login(make_user(language="en"))
    assert asked(client, ">people").leads == {}


def test_with_nothing_typed_every_place_can_be_reached(client: Client) -> None:
    for text in ("", ">"):
        found = asked(client, text)
        places = {reverse(entry.url_name) for entry in registry.all(MenuEntry)}
        assert places <= set(found.leads.values())
        assert found.groups == ["Actions", "Go to", "Settings"]
        assert reverse("customers:new") in found.leads.values()


def test_nothing_found_says_what_is_enough(client: Client) -> None:
    client.force_login(make_admin(language="fa"))
    response = client.get(reverse("workspace:palette"), {"q": "<b>هیچ‌کس"})
    assert "رقم‌های آخر تلفن" in response.content.decode()
    assert "<b>هیچ" not in response.content.decode()
