"""Accounts of e-mail and lines for text messages: set up and changed by programs; no secret ever comes back."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from django.db import connection

from peyvand.channels.email import doctor, services
from peyvand.channels.email.models import EmailAccount, EmailFolder, EmailSeen, Fate
from peyvand.channels.email.secrets import secrets_of
from peyvand.channels.messengers.models import Bot
from peyvand.channels.sms.models import SmsAccount
from peyvand.channels.sms.services import secrets_kept
from peyvand.doors.api.models import KeptAnswer
from peyvand.doors.api.tests.factories import Program, person, program

pytestmark = pytest.mark.django_db
WORD = "canary-open-sesame"
MAIL = {
    "name": "Shop", "address": "Hello@Shop.example", "smtp_host": "mail.shop.example", "imap_host": "mail.shop.example",
    "secrets": {"smtp": WORD, "imap": f"{WORD}-2"},
}  # fmt: skip
BOT = {"name": "Bot", "messenger": "bale", "secrets": {"token": WORD}}
LINE = {"name": "Line", "provider": "kavenegar", "line": "10001234", "secrets": {"api_key": WORD}}
WAYS = [("/email/accounts", MAIL), ("/sms/accounts", LINE), ("/messengers/bots", BOT)]


def read(found: Any) -> Any:
    """What came back, and that no secret is in it."""
    assert WORD not in found.content.decode()
    assert not found.content or "PRIVATE" not in found.content.decode()
    return json.loads(found.content) if found.content else None


def fields(found: Any) -> set[str]:
    assert found.status_code == 422, found.content
    return {one["field"] for one in read(found)["errors"]}


@pytest.fixture
def caller() -> Program:
    return program()


@pytest.fixture
def account(caller: Program) -> dict[str, Any]:
    answer = caller.ask("post", "/email/accounts", MAIL)
    assert answer.status_code == 201, answer.content
    made: dict[str, Any] = read(answer)
    return made


def _kept_anywhere(*tables: str) -> str:
    with connection.cursor() as cursor:
        found = ""
        for table in tables:
            cursor.execute(f"SELECT string_agg(t::text, ' ') FROM {table} t")
            found += cursor.fetchone()[0] or ""
    return found


@pytest.mark.parametrize(("path", "body"), WAYS)
def test_a_secret_goes_in_and_never_comes_out(
    caller: Program, path: str, body: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    made = read(caller.ask("post", path, body, Idempotency_Key="once"))
    assert made["secrets"] == sorted(body["secrets"])
    one = f"{path}/{made['id']}"
    for answer in (
        caller.ask("get", one), caller.ask("get", path), caller.ask("patch", one, {"name": "Other"}),
        caller.ask("post", path, body, Idempotency_Key="once"), caller.ask("patch", one, {"version": 1}),
        caller.ask("post", path, {**body, "name": ""}), caller.ask("patch", one, {"secrets": {"alien": WORD}}),
    ):  # fmt: skip
        read(answer)
    hook = read(caller.ask("post", f"{one}/hook", Idempotency_Key="hook"))["secret"]
    assert hook.startswith("http")
    assert read(caller.ask("post", f"{one}/hook", Idempotency_Key="hook"))["secret"] is None
    for table in (EmailAccount, SmsAccount, Bot):
        for row in table.objects.all():
            assert row.hook in hook
            assert row.hook not in caller.ask("get", one).content.decode()
            assert row.hook not in str([bytes(kept.body) for kept in KeptAnswer.objects.all()])
    assert WORD not in caplog.text
    tables = ("changes_changeset", "changes_change", "changes_image", "api_keptanswer", "email_emailaccount",
              "sms_smsaccount", "messengers_bot")  # fmt: skip
    assert WORD not in _kept_anywhere(*tables)


def test_what_is_left_out_of_a_change_stays(caller: Program, account: dict[str, Any]) -> None:
    one = f"/email/accounts/{account['id']}"
    assert account["address"] == "hello@shop.example"
    changed = read(caller.ask("patch", one, {"enabled": False, "version": account["version"]}))
    assert changed == {**account, "enabled": False, "version": account["version"] + 1}
    row = EmailAccount.objects.get()
    assert secrets_of(row) == {"smtp": WORD, "imap": f"{WORD}-2"}
    read(caller.ask("patch", one, {"secrets": {"smtp": f"{WORD}-3"}}))
    row.refresh_from_db()
    assert secrets_of(row) == {"smtp": f"{WORD}-3", "imap": f"{WORD}-2"}
    assert caller.ask("delete", one).status_code == 204
    assert caller.ask("get", one).status_code == 404


@pytest.mark.parametrize(("path", "body"), WAYS)
def test_a_change_of_what_was_changed_meanwhile_is_a_conflict_in_the_readers_language(
    path: str, body: dict[str, Any]
) -> None:
    caller = program()
    one = f"{path}/{read(caller.ask('post', path, body))['id']}"
    assert read(caller.ask("patch", one, {"name": "First", "version": 1}))["version"] == 2
    late = caller.ask("patch", one, {"name": "Second", "version": 1}, Accept_Language="fa")
    assert (late.status_code, late["Content-Type"]) == (409, "application/problem+json")
    told = read(late)
    assert told["version"] == 2
    assert "Somebody" not in told["detail"]
    assert read(caller.ask("get", one))["name"] == "First"


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"address": "nowhere"}, {"address"}), ({"smtp_host": "a b"}, {"smtp_host"}),
        ({"smtp_host": ""}, {"smtp_host"}),
        ({"smtp_security": "none-such"}, {"smtp_security"}), ({"kinds": ["poem"]}, {"kinds"}),
        ({"provider": "pigeon"}, {"provider"}), ({"provider": "sample"}, {"provider"}),
        ({"provider": "postmark"}, {"secrets.server_token"}), ({"secrets": {"dkim": "x"}}, {"secrets.dkim"}),
        ({"per_day": -1}, {"per_day"}), ({"hook": "x" * 24}, {"hook"}), ({"marketing": True}, {"marketing"}),
        ({"demo": True}, {"demo"}),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_of_an_account_is_refused_by_field(
    caller: Program, account: dict[str, Any], change: dict[str, Any], wrong: set[str]
) -> None:
    answer = caller.ask("patch", f"/email/accounts/{account['id']}", change)
    assert fields(answer) == wrong
    assert read(caller.ask("get", f"/email/accounts/{account['id']}")) == account


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"provider": "twilio"}, {"secrets.account_sid", "secrets.auth_token"}), ({"price_minor": -1}, {"price_minor"}),
        ({"currency": "ZZZ"}, {"currency"}), ({"base_url": "http://10.0.0.1/"}, {"base_url"}),
        ({"line": " "}, {"line"}), ({"secrets": {"token": "x"}}, {"secrets.token"}), ({"provider": "x"}, {"provider"}),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_of_a_line_is_refused_by_field(
    caller: Program, change: dict[str, Any], wrong: set[str]
) -> None:
    made = read(caller.ask("post", "/sms/accounts", LINE))
    assert fields(caller.ask("patch", f"/sms/accounts/{made['id']}", change)) == wrong
    assert secrets_kept(SmsAccount.objects.get()) == ["api_key"]


def test_only_who_may_set_accounts_up_reaches_them(account: dict[str, Any]) -> None:
    other = program(user=person("sales"))
    for path in ("/email/accounts", f"/email/accounts/{account['id']}", "/sms/accounts"):
        answer = other.ask("get", path)
        assert (answer.status_code, read(answer)["permission"]) == (403, f"{path.split('/')[1]}.manage")
    assert other.ask("patch", f"/email/accounts/{account['id']}", {"name": "x"}).status_code == 403


def test_folders_are_chosen_and_their_figures_agree(caller: Program, account: dict[str, Any]) -> None:
    one = f"/email/accounts/{account['id']}"
    inbox = EmailFolder.objects.create(account_id=account["id"], name="INBOX", chosen=True, total=3)
    junk = EmailFolder.objects.create(account_id=account["id"], name="Junk")
    for uid, fate in enumerate((Fate.STORED, Fate.SKIPPED), start=1):
        EmailSeen.objects.create(folder=inbox, uidvalidity=1, uid=uid, fate=fate, why="ours" * (uid - 1))
    found = read(caller.ask("get", f"{one}/folders"))
    assert [(row["name"], row["known"], row["stored"], row["differs"]) for row in found] == [
        ("INBOX", 2, 1, 1), ("Junk", 0, 0, None),
    ]  # fmt: skip
    (left,) = read(caller.ask("get", f"{one}/left-out"))
    assert (left["folder"], left["fate"], left["why"]) == ("INBOX", "skipped", "Sent from an address of ours")
    chosen = read(caller.ask("put", f"{one}/folders", {"chosen": [junk.pk]}))
    assert {row["name"]: row["chosen"] for row in chosen} == {"INBOX": False, "Junk": True}
    assert fields(caller.ask("put", f"{one}/folders", {"chosen": [junk.pk, junk.pk + 1000]})) == {"chosen"}
    EmailAccount.objects.update(imap_host="127.0.0.1")  # an address of the inside: nobody goes there
    refused = caller.ask("post", f"{one}/folders/read")
    assert (refused.status_code, refused["Content-Type"]) == (409, "application/problem+json")


def test_proofs_are_read_looked_at_again_and_decide_on_marketing(
    caller: Program, account: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = f"/email/accounts/{account['id']}"
    assert read(caller.ask("get", f"{one}/proofs"))["proofs"] == []
    key = read(caller.ask("post", f"{one}/proofs/key"))
    assert key["record"] == "peyvand._domainkey.shop.example"
    assert secrets_of(EmailAccount.objects.get())["dkim"]
    records: dict[str, list[str]] = {}
    for verb in (services.proofs_look, services.marketing_set):
        monkeypatch.setattr(verb, "__kwdefaults__", {"resolver": lambda name: records.get(name, [])})
    assert fields(caller.ask("put", f"{one}/marketing", {"on": True})) == {"marketing"}
    records |= {
        "shop.example": ["v=spf1 mx -all"], "_dmarc.shop.example": ["v=DMARC1; p=reject"],
        key["record"]: [key["record_value"]],
    }  # fmt: skip
    seen = read(caller.ask("post", f"{one}/proofs/look"))
    assert seen["stands"]
    assert {row["what"]: row["state"] for row in seen["proofs"]} == dict.fromkeys(("spf", "dkim", "dmarc"), doctor.GOOD)
    assert read(caller.ask("put", f"{one}/marketing", {"on": True}))["marketing"]
    assert not read(caller.ask("put", f"{one}/marketing", {"on": False}))["marketing"]
