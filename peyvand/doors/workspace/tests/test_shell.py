"""The frame that every staff page gets."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from peyvand.foundation.accounts.tests.factories import make_admin
from peyvand.foundation.registry.declarations import MenuEntry
from peyvand.foundation.registry.registry import registry

pytestmark = pytest.mark.django_db


def test_the_letters_after_g_are_bare_and_no_two_places_share_one() -> None:
    client = Client()
    client.force_login(make_admin())
    page = client.get(reverse("workspace:home")).content.decode()
    letters = dict(re.findall(r'<a href="([^"]+)"[^>]*data-go="([^"]*)"', page))
    wanted = {reverse(entry.url_name): entry.key for entry in registry.all(MenuEntry) if entry.key}
    assert letters == {reverse("workspace:home"): "H"} | wanted
    assert all(re.fullmatch("[A-Z]", letter) for letter in letters.values()), letters
    assert len(set(letters.values())) == len(letters)
    assert all(f'<kbd class="pv-kbd">{letter}</kbd>' in page for letter in letters.values()), "in the list of keys too"
