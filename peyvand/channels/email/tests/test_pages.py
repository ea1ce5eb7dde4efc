"""The pages of accounts: set up, changed, tried; no secret is ever shown, kept plainly, or in a change's image."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from peyvand.channels.email.models import EmailAccount
from peyvand.channels.email.secrets import secrets_of
from peyvand.channels.email.tests.conftest import Sink
from peyvand.foundation.accounts.models import User
from peyvand.foundation.changes.models import Change, Image
from peyvand.foundation.registry.actor import Actor

pytestmark = pytest.mark.django_db
WORD = "open sesame"


@pytest.fixture
def browser(colleague: Callable[..., tuple[User, Actor]], signed_in: Callable[[User], Client]) -> Client:
    return signed_in(colleague("admin", name="Shirin")[0])


def form(**more: Any) -> dict[str, Any]:
    return {
        "name": "فروشگاه", "address": "Hello@House.ir", "provider": "smtp", "smtp_host": "127.0.0.1",
        "smtp_port": "۵۸۷", "smtp_security": "none", "smtp_user": "hello", "secret_smtp": WORD,
        "plus": "on", "enabled": "on",
        "imap_port": "993", "imap_security": "tls", "per_second": "", "per_day": "۵۰۰", "position": "1", **more,
    }  # fmt: skip


def test_an_account_is_set_up_and_its_secret_never_seen_again(browser: Client) -> None:
    answer = browser.post(reverse("email:new"), form())
    row = EmailAccount.objects.get()
    assert answer["Location"] == reverse("email:one", args=[row.pk])
    assert (row.address, row.smtp_port, row.per_day, row.marketing) == ("hello@house.ir", 587, 500, False)
    assert secrets_of(row)["smtp"] == WORD
    assert WORD not in row.secrets
    page = browser.get(reverse("email:one", args=[row.pk])).content.decode()
    assert WORD not in page
    images = str(list(Image.objects.values_list("before", "after")))
    assert "house.ir" in images
    for hidden in (row.hook, row.secrets, "secrets"):
        assert hidden not in images
    again = form(secret_smtp="", version=row.version, name="دیگر")
    assert browser.post(reverse("email:one", args=[row.pk]), again).status_code == 302
    row.refresh_from_db()
    assert (row.name, secrets_of(row)["smtp"]) == ("دیگر", WORD)
    assert browser.post(reverse("email:one", args=[row.pk]), form(version=1)).status_code == 409


@pytest.mark.parametrize(
    "bad",
    [
        {"name": " "}, {"address": "no address"}, {"address": ""}, {"smtp_host": ""}, {"smtp_host": "a b"},
        {"smtp_port": "0"}, {"smtp_port": "x"}, {"provider": "none"}, {"provider": "sample"}, {"per_day": "-1"},
        {"kinds": ["everything"]}, {"dkim_selector": "No Good"}, {"provider": "postmark"}, {"return_path": "x"},
        {"address": "a@b.ir\r\nBcc: x@y.ir"}, {"smtp_security": "maybe"}, {"position": "9" * 30},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_said_beside_its_field(browser: Client, bad: dict[str, Any]) -> None:
    answer = browser.post(reverse("email:new"), form(**bad))
    assert answer.status_code == 422
    assert not EmailAccount.objects.exists()


def test_another_address_has_to_be_proved_anew(browser: Client, account: Callable[..., EmailAccount]) -> None:
    row = account(marketing=True, secrets={"smtp": WORD})
    browser.post(reverse("email:one", args=[row.pk]), form(version=row.version, address="new@other.ir"))
    row.refresh_from_db()
    assert (row.address, row.marketing) == ("new@other.ir", False)


def test_trying_signs_in_and_sends_nothing(browser: Client, account: Callable[..., EmailAccount], sink: Sink) -> None:
    row = account(smtp_port=sink.port, smtp_user="hello", secrets={"smtp": WORD})
    page = browser.post(reverse("email:test", args=[row.pk]), follow=True).content.decode()
    assert "250" in page or "OK" in page
    assert not sink.mails
    row = account(smtp_port=1)
    page = browser.post(reverse("email:test", args=[row.pk]), follow=True).content.decode()
    assert "refused" in page


def test_taken_away_and_brought_back_without_its_secret(browser: Client, account: Callable[..., EmailAccount]) -> None:
    row = account(secrets={"smtp": WORD})
    answer = browser.post(reverse("email:remove", args=[row.pk]), follow=True)
    assert not EmailAccount.objects.exists()
    undo = Change.objects.filter(table_name="email_emailaccount").latest("id").change_set_id
    browser.post(reverse("changes:undo", args=[undo]))
    back = EmailAccount.objects.get()
    assert back.name == "Hello"
    assert secrets_of(back) == {}
    assert answer.status_code == 200


def test_the_list_and_the_proofs(browser: Client, account: Callable[..., EmailAccount]) -> None:
    assert browser.get(reverse("email:accounts")).status_code == 200
    row = account(trouble="535 wrong password", marketing=False)
    assert "535 wrong password" in browser.get(reverse("email:accounts")).content.decode()
    browser.post(reverse("email:key", args=[row.pk]))
    page = browser.get(reverse("email:proofs", args=[row.pk])).content.decode()
    row.refresh_from_db()
    assert "peyvand._domainkey.house.ir" in page
    assert row.dkim_public in page
    assert "PRIVATE" not in page
