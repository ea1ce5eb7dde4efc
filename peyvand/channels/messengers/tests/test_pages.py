"""Bots on their pages: set up, changed, tried, removed; a key goes in and never comes out."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from peyvand.channels.messengers.carrier import access_of
from peyvand.channels.messengers.models import AwaitedFile, Bot
from peyvand.channels.messengers.services import BotData, bot_remove, bot_save
from peyvand.channels.messengers.tests.conftest import Opened, hooked, update
from peyvand.channels.sites.models import LinkCode
from peyvand.foundation.accounts.models import User
from peyvand.foundation.changes.services import undo
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.customers.models import Customer

pytestmark = pytest.mark.django_db
Open = Callable[..., Opened]


@pytest.fixture
def staff(colleague: Callable[..., tuple[User, Actor]], signed_in: Callable[[User], Client]) -> Client:
    return signed_in(colleague("admin", name="Shirin")[0])


def given(**more: object) -> dict[str, object]:
    return {"name": "پشتیبانی", "secret_token": "123:the-secret-key", "hearing": "poll", "enabled": "on", **more}


def test_a_bot_is_set_up_for_the_messenger_one_chooses(staff: Client) -> None:
    page = staff.get(reverse("messengers:new")).content.decode()
    assert all(f"?messenger={name}" in page for name in ("telegram", "bale", "safir", "rubika", "whatsapp"))
    address = reverse("messengers:new") + "?messenger=telegram"
    form = staff.get(address).content.decode()
    assert 'name="proxy"' in form
    assert 'name="price"' not in form
    made = staff.post(address, given(proxy="http://10.1.2.3:3128", base_url="ftp://x", position="x"))
    assert made.status_code == 422
    assert not Bot.objects.exists()
    assert staff.post(address, given(position="۲")).status_code == 302
    row = Bot.objects.get()
    assert (row.messenger, row.position, access_of(row).secrets["token"]) == ("telegram", 2, "123:the-secret-key")
    page = staff.get(reverse("messengers:one", args=[row.pk])).content.decode()
    assert "the-secret-key" not in page + row.credentials
    assert "Bot API 9 (2026-11)" in page


def test_a_key_that_is_not_typed_stays_and_another_bot_begins_anew(staff: Client, opened: Open) -> None:
    row, _fake = opened("bale", username="shop", offset="77")
    address = reverse("messengers:one", args=[row.pk])
    assert staff.post(address, given(secret_token="", version=row.version, base_url=row.base_url)).status_code == 302
    row.refresh_from_db()
    assert (access_of(row).secrets["token"], row.offset, row.name) == ("the-secret-key", "77", "پشتیبانی")
    assert staff.post(address, given(version=1)).status_code == 409
    assert staff.post(address, given(version=row.version)).status_code == 302
    row.refresh_from_db()
    assert (row.offset, row.username) == ("", "")


def test_greetings_that_can_not_be_merged_are_refused(staff: Client) -> None:
    address = reverse("messengers:new") + "?messenger=bale"
    assert staff.post(address, given(greeting_fa="{{no_such_field}}")).status_code == 422
    assert staff.post(address, given(greeting_fa="سلام {{first_name|دوست ما}}")).status_code == 302


def test_it_is_tried_told_and_given_a_new_address(staff: Client, opened: Open) -> None:
    row, fake = opened("bale", hearing="hook")
    for page in ("test", "tell", "hook"):
        assert staff.post(reverse(f"messengers:{page}", args=[row.pk])).status_code == 302
    fresh = Bot.objects.get()
    assert (fresh.username, fresh.hook != row.hook, fresh.header != row.header) == ("shop_bot", True, True)
    assert fake.asked("setWebhook")[0].plain["url"].endswith(f"/hooks/messengers/{row.hook}/")


def test_removing_names_files_that_were_to_come_and_can_be_taken_back(opened: Open, actor: Actor) -> None:
    row, _fake = opened("bale")
    hooked(row, update(1, document={"file_id": "x", "file_name": "a.txt"}))
    entry = AwaitedFile.objects.get().entry
    done = bot_remove(actor=actor, bot=row)
    entry.refresh_from_db()
    assert [one["name"] for one in entry.facts["refused"]] == ["a.txt"]
    undo(actor=actor, change_set_id=done)
    back = Bot.objects.get()
    assert (back.name, back.credentials, bool(back.hook), bool(back.header)) == ("bale", "", True, True)


def test_the_samples_bots_never_leave_this_machine(actor: Actor) -> None:
    made = bot_save(actor=actor.looking_at(demo=True), data=BotData(name="x", messenger="bale", secrets={"token": "t"}))
    assert hooked(made, update(1, "سلام")) == 404


def test_a_colleague_makes_a_code_for_a_customer(staff: Client, opened: Open) -> None:
    sara = Customer.objects.create(name="سارا <b>کیانی</b>")
    address = reverse("messengers:link", args=[sara.pk])
    assert "<b>کیانی" not in staff.get(address).content.decode()
    assert address not in staff.get(reverse("customers:one", args=[sara.pk])).content.decode()
    opened("telegram", username="shop_bot")
    assert address in staff.get(reverse("customers:one", args=[sara.pk])).content.decode()
    page = staff.post(address).content.decode()
    code = re.search(r'value="([A-Z0-9]{8})"', page)
    assert code is not None
    assert f"https://t.me/shop_bot?start={code[1]}" in page
    assert LinkCode.objects.get().customer == sara
