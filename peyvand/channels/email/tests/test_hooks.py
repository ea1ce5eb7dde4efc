"""Mail that a provider hands over at an account's address."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from peyvand.channels.conversations.models import Entry
from peyvand.channels.email.hearing.hooks import receive
from peyvand.channels.email.models import EmailAccount
from peyvand.channels.email.tests.corpus import CHARSETS, CP, TEXT, mail
from peyvand.channels.outreach.declarations import HookRequest

pytestmark = pytest.mark.django_db


def call(row: EmailAccount, **more: object) -> int:
    fields: dict[str, object] = {
        "token": row.hook, "what": "", "method": "POST", "query": {}, "form": {}, "body": b"", "headers": {}, **more,
    }  # fmt: skip
    return receive(HookRequest(**fields), key_finder=lambda name, timeout: None).status  # type: ignore[arg-type]


def test_the_same_mail_five_times_is_one(account: Callable[..., EmailAccount]) -> None:
    row = account()
    assert [call(row, body=mail()) for _ in range(5)] == [200] * 5
    assert Entry.objects.get().text == TEXT
    row.refresh_from_db()
    assert row.heard_at is not None


def test_wherever_it_lies(account: Callable[..., EmailAccount]) -> None:
    row = account()
    old = CHARSETS["windows-1256"][0].replace(b"<1@", b"<2@")
    assert call(row, form={"body-mime": mail().decode()}) == 200
    assert call(row, files={"email": [SimpleUploadedFile("email", old)]}) == 200
    body = json.dumps({"From": "x", "RawEmail": mail("third", Message_ID="<3@x>").decode()}).encode()
    assert call(row, body=body, headers={"content-type": "application/json; charset=utf-8"}) == 200
    assert list(Entry.objects.order_by("id").values_list("text", flat=True)) == [TEXT, CP, "third"]


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"token": "x" * 24, "body": mail()}, 404),
        ({"method": "GET"}, 405),
        ({"body": b""}, 400),
        ({"body": b"hello"}, 400),
        ({"body": b"{", "headers": {"content-type": "application/json"}}, 400),
        ({"body": b"[]", "headers": {"content-type": "application/json"}}, 400),
    ],
)
def test_what_is_no_mail_is_refused(account: Callable[..., EmailAccount], more: dict[str, object], status: int) -> None:
    assert call(account(), **more) == status
    assert not Entry.objects.exists()


def test_an_account_that_is_switched_off_takes_nothing(account: Callable[..., EmailAccount]) -> None:
    assert call(account(enabled=False), body=mail()) == 404
