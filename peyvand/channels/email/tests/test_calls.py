"""Calls of providers: what became of messages, and mail taken apart. In the form of the providers' documents (as
django-anymail's own tests have them, 2026-09), made here.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from peyvand.channels.conversations.models import Entry
from peyvand.channels.email.hearing import calling
from peyvand.channels.email.models import EmailAccount
from peyvand.channels.email.speaking.providers import MARK, PROVIDERS
from peyvand.channels.email.tests.corpus import TEXT, mail, part, parts
from peyvand.channels.email.tests.test_hooks import call
from peyvand.channels.outreach.models import DeliveryReport, Message, State, Suppression
from peyvand.foundation.outside.requesting import Outcome
from peyvand.foundation.registry.actor import system_actor
from peyvand.foundation.webhooks.signing import secret_make, signature
from peyvand.memory.consents.queries import allowed
from peyvand.memory.customers.models import Customer

pytestmark = pytest.mark.django_db
KEY = "the-signing-key"
SVIX = secret_make()
AT = 1_795_000_000  # seconds, in 2026
ISO = "2026-11-18T08:26:40+00:00"
THEIRS = "<theirs-1@house.ir>"
Made = Callable[..., tuple[EmailAccount, Message]]


@pytest.fixture
def made(account: Callable[..., EmailAccount], person: Callable[..., Customer]) -> Made:
    """An account at a provider, and a message that went from it to somebody who allows news."""

    def make(provider: str, **more: Any) -> tuple[EmailAccount, Message]:
        keys = {one.name: "k" for one in PROVIDERS[provider].keys}
        keys |= {one.name: SVIX if provider == "resend" else KEY for one in PROVIDERS[provider].calls}
        row = account(provider=provider, smtp_host="", secrets=keys)
        customer = person(allows=["email"])
        address = customer.identities.get(kind="email").value
        message = Message.objects.create(
            customer=customer, purpose="news", kind="marketing", channel="email", account_id=row.pk, address=address,
            address_key=address, dedupe_key="m1", state=State.SENT, provider_id=THEIRS, **more,
        )  # fmt: skip
        return row, message

    return make


# ── as each provider says it ──────────────────────────────────────────────


def _mailgun(what: str, uid: str = "") -> dict[str, Any]:
    said = {
        "delivered": {"event": "delivered"}, "complained": {"event": "complained"},
        "unsubscribed": {"event": "unsubscribed"}, "opened": {"event": "opened"},
        "delayed": {"event": "failed", "severity": "temporary", "reason": "generic"},
        "hard": {
            "event": "failed", "severity": "permanent", "reason": "bounce",
            "delivery-status": {"code": 550, "message": "5.1.1 No such user"},
        },
        "soft": {
            "event": "failed", "severity": "permanent", "reason": "generic",
            "delivery-status": {"code": 552, "message": "5.2.2 Mailbox full"},
        },
    }[what]  # fmt: skip
    data = {
        **said, "id": "e1", "timestamp": AT + 0.5, "recipient": "m@home.ir",
        "message": {"headers": {"message-id": THEIRS.strip("<>")}}, "user-variables": {MARK: uid} if uid else {},
    }  # fmt: skip
    return {"event-data": data}


def _postmark(what: str, uid: str = "") -> dict[str, Any]:
    said = {
        "delivered": {"RecordType": "Delivery", "DeliveredAt": ISO},
        "complained": {"RecordType": "SpamComplaint", "Type": "SpamComplaint", "BouncedAt": ISO, "ID": 4},
        "unsubscribed": {
            "RecordType": "SubscriptionChange", "ChangedAt": ISO, "SuppressSending": True,
            "SuppressionReason": "ManualSuppression",
        },
        "opened": {"RecordType": "Open", "ReceivedAt": ISO},
        "delayed": {"RecordType": "Bounce", "Type": "Transient", "BouncedAt": ISO},
        "hard": {"RecordType": "Bounce", "Type": "HardBounce", "BouncedAt": ISO, "Details": "550 5.1.1 unknown"},
        "soft": {"RecordType": "Bounce", "Type": "SoftBounce", "BouncedAt": ISO, "Details": "full"},
    }[what]  # fmt: skip
    return {**said, "MessageID": THEIRS, "Recipient": "m@home.ir", "Metadata": {MARK: uid} if uid else {}}


def _brevo(what: str, uid: str = "") -> dict[str, Any]:
    names = {"complained": "spam", "unsubscribed": "unsubscribe", "delayed": "deferred", "hard": "hard_bounce",
             "soft": "soft_bounce"}  # fmt: skip
    more = {"X-Mailin-custom": json.dumps({MARK: uid})} if uid else {}
    return {
        "event": names.get(what, what), "email": "m@home.ir", "message-id": THEIRS, "ts_epoch": AT * 1000,
        "reason": "told", **more,
    }  # fmt: skip


def _resend(what: str, uid: str = "") -> dict[str, Any]:
    names = {"delayed": "delivery_delayed", "hard": "bounced", "soft": "bounced"}
    data: dict[str, Any] = {"email_id": THEIRS, "to": ["m@home.ir"], "created_at": ISO}
    if what in ("hard", "soft"):
        kind = "Permanent" if what == "hard" else "Transient"
        data["bounce"] = {"message": "a bounce message", "type": kind, "subType": "General"}
    if uid:
        data["headers"] = [{"name": "X-Metadata", "value": json.dumps({MARK: uid})}]
    return {"type": f"email.{names.get(what, what)}", "created_at": ISO, "data": data}


def _mailjet(what: str, uid: str = "") -> list[dict[str, Any]]:
    said: dict[str, Any] = {
        "delivered": {"event": "sent"}, "complained": {"event": "spam"}, "unsubscribed": {"event": "unsub"},
        "opened": {"event": "open"}, "delayed": {"event": "bounce", "error": "greylisted", "hard_bounce": False},
        "hard": {"event": "bounce", "error": "user unknown", "hard_bounce": True},
        "soft": {"event": "bounce", "error": "quota exceeded", "hard_bounce": False},
    }[what]  # fmt: skip
    return [{**said, "time": AT, "MessageID": THEIRS, "email": "m@home.ir", "Payload": json.dumps({MARK: uid})}]


def _sparkpost(what: str, uid: str = "") -> list[dict[str, Any]]:
    names = {"delivered": "delivery", "complained": "spam_complaint", "unsubscribed": "list_unsubscribe",
             "opened": "open", "delayed": "delay", "hard": "bounce", "soft": "bounce"}  # fmt: skip
    event: dict[str, Any] = {
        "type": names[what], "timestamp": str(AT), "transmission_id": THEIRS, "event_id": "7",
        "rcpt_meta": {MARK: uid} if uid else {},
    }  # fmt: skip
    if what in ("hard", "soft"):
        event["bounce_class"] = "10" if what == "hard" else "22"
    return [{"msys": {"message_event": event}}, {"msys": {}}]


def _mailersend(what: str, uid: str = "") -> dict[str, Any]:
    names = {"complained": "spam_complaint", "hard": "hard_bounced", "soft": "soft_bounced"}
    kind = names.get(what, what)
    return {
        "type": f"activity.{kind}",
        "data": {"id": "a1", "type": kind, "created_at": ISO, "email": {"message": {"id": THEIRS}}},
    }


FORMS: dict[str, Callable[..., Any]] = {
    "mailgun": _mailgun, "postmark": _postmark, "brevo": _brevo, "resend": _resend, "mailjet": _mailjet,
    "sparkpost": _sparkpost, "mailersend": _mailersend,
}  # fmt: skip


def signed(provider: str, body: Any, *, key: str = "", turn: int = 0) -> dict[str, Any]:
    """The call as that provider sends and signs it; `turn` is which try of it."""
    if provider == "mailgun":
        token, at = f"token-{turn}", str(int(time.time()) + turn)
        mac = hmac.new((key or KEY).encode(), f"{at}{token}".encode(), hashlib.sha256).hexdigest()
        body = {**body, "signature": {"timestamp": at, "token": token, "signature": mac}}
    raw = json.dumps(body).encode()
    headers = {"content-type": "application/json"}
    if provider == "mailersend":
        headers["signature"] = hmac.new((key or KEY).encode(), raw, hashlib.sha256).hexdigest()
    if provider == "resend":
        now = int(time.time())
        mac = signature(key or SVIX, message_id="msg_1", timestamp=now, body=raw)
        headers |= {"svix-id": "msg_1", "svix-timestamp": str(now), "svix-signature": f"v1,AAAA {mac}"}
    return {"what": "events", "body": raw, "headers": headers}


def tell(row: EmailAccount, what: str, uid: str = "", **more: Any) -> int:
    """Let the account's provider tell something."""
    return call(row, **signed(row.provider, FORMS[row.provider](what, uid), **more))


def test_there_is_a_form_for_every_provider() -> None:
    assert set(FORMS) == set(PROVIDERS)


@pytest.mark.parametrize("provider", FORMS)
def test_a_delivery_told_five_times_is_one_report(made: Made, provider: str) -> None:
    row, message = made(provider)
    assert [tell(row, "delivered", turn=turn) for turn in range(5)] == [200] * 5
    message.refresh_from_db()
    assert message.state == State.DELIVERED
    assert message.delivered_at is not None
    assert DeliveryReport.objects.count() == 1
    assert not Suppression.objects.exists()


@pytest.mark.parametrize("provider", FORMS)
@pytest.mark.parametrize(("what", "reasons"), [("hard", ["hard-bounce"]), ("soft", [])])
def test_a_bounce_is_final_and_only_a_hard_one_closes_the_address(
    made: Made, provider: str, what: str, reasons: list[str]
) -> None:
    row, message = made(provider)
    assert [tell(row, what), tell(row, what)] == [200, 200]
    message.refresh_from_db()
    assert message.state == State.FAILED
    assert list(Suppression.objects.values_list("reason", flat=True)) == reasons
    assert DeliveryReport.objects.count() == 1


@pytest.mark.parametrize(
    ("provider", "what", "reasons"),
    [
        *((provider, "complained", ["complaint"]) for provider in FORMS),
        *((provider, "unsubscribed", []) for provider in FORMS if provider != "resend"),  # it has no such event
    ],
)
def test_who_reports_us_or_unsubscribes_gets_no_more_marketing(
    made: Made, provider: str, what: str, reasons: list[str]
) -> None:
    row, message = made(provider)
    assert message.customer is not None
    assert _allowed(message.customer)
    assert [tell(row, what, turn=turn) for turn in range(5)] == [200] * 5
    message.refresh_from_db()
    assert message.state == State.SENT
    assert not _allowed(message.customer)
    assert list(Suppression.objects.values_list("reason", flat=True)) == reasons
    assert DeliveryReport.objects.count() == 1


def _allowed(customer: Customer) -> bool:
    return customer.pk in allowed(actor=system_actor(), customer_ids=[customer.pk], purpose="news", channel="email")


@pytest.mark.parametrize("provider", [name for name in FORMS if name != "mailersend"])
def test_what_comes_before_the_providers_id_is_known_is_found_by_ours(made: Made, provider: str) -> None:
    row, message = made(provider)
    Message.objects.update(provider_id="", state=State.ATTEMPTING)
    assert tell(row, "delivered", uid=str(message.uid)) == 200
    message.refresh_from_db()
    assert message.state == State.DELIVERED


@pytest.mark.parametrize("provider", FORMS)
def test_what_is_of_no_message_of_the_account_or_is_not_asked_for_is_passed_over(made: Made, provider: str) -> None:
    row, message = made(provider)
    assert tell(row, "opened") == 200
    Message.objects.update(account_id=row.pk + 1)
    assert tell(row, "hard", uid=str(message.uid)) == 200
    Message.objects.update(account_id=row.pk, provider_id="other")
    assert tell(row, "hard") == 200
    message.refresh_from_db()
    assert message.state == State.SENT
    assert not DeliveryReport.objects.exists()


@pytest.mark.parametrize("provider", ["mailgun", "mailersend", "resend"])
def test_a_call_that_is_not_signed_as_the_provider_signs_is_refused(made: Made, provider: str) -> None:
    row, message = made(provider)
    assert tell(row, "hard", key=secret_make()) == 403
    plain = signed(provider, FORMS[provider]("hard"))
    other = plain["body"].replace(b"theirs-1", b"theirs-2") if provider != "mailgun" else b'{"event-data": {}}'
    assert call(row, **{**plain, "body": other}) == 403
    assert call(row, **{**plain, "headers": {"content-type": "application/json"}, "body": b"{}"}) == 403
    message.refresh_from_db()
    assert message.state == State.SENT


def test_an_old_signature_is_refused(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    row, _message = made("resend")
    monkeypatch.setattr(calling, "PATIENCE", -1)
    assert tell(row, "delivered") == 403


@pytest.mark.parametrize("provider", ["mailersend", "resend"])
def test_without_the_key_nothing_is_believed(account: Callable[..., EmailAccount], provider: str) -> None:
    row = account(provider=provider, secrets={one.name: "k" for one in PROVIDERS[provider].keys})
    assert tell(row, "delivered") == 403


@pytest.mark.parametrize("provider", ["postmark", "brevo", "mailjet", "sparkpost"])
@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b'"x"', b"null", b"\xff", b'{"event": 5}', b"[" * 100_000])
def test_what_has_no_form_of_theirs_is_refused_or_passed_over(made: Made, provider: str, body: bytes) -> None:
    row, _message = made(provider)
    assert call(row, what="events", body=body, headers={"content-type": "application/json"}) in (200, 400)
    assert not DeliveryReport.objects.exists()


def test_events_have_an_address_only_where_there_is_a_provider(account: Callable[..., EmailAccount]) -> None:
    row = account()
    assert call(row, what="events", body=b"{}") == 404
    assert call(row, what="other", body=mail()) == 404


# ── mail taken apart ──────────────────────────────────────────────────────

HEADERS = [
    ["From", "=?utf-8?b?2YXYsduM2YU=?= <m@home.ir>"], ["To", "hello@house.ir"], ["Subject", "چای"],
    ["Message-ID", "<77@home.ir>"], ["Date", "Wed, 18 Nov 2026 08:26:40 +0000"],
    ["DKIM-Signature", "v=1; a=rsa-sha256; d=home.ir; s=x; h=from; bh=AAAA; b=AAAA"],
]  # fmt: skip
FILE = base64.b64encode(b"a file").decode()


def _apart(provider: str) -> dict[str, Any]:
    json_type = {"content-type": "application/json"}
    if provider == "mailgun":
        token, at = "t", str(int(time.time()))
        mac = hmac.new(KEY.encode(), f"{at}{token}".encode(), hashlib.sha256).hexdigest()
        form = {
            "token": token, "timestamp": at, "signature": mac, "sender": "m@home.ir", "recipient": "hello@house.ir",
            "message-headers": json.dumps(HEADERS), "body-plain": TEXT, "attachment-count": "1",
        }  # fmt: skip
        files = {"attachment-1": [SimpleUploadedFile("tea.txt", b"a file", "text/plain")]}
        return {"form": form, "files": files, "headers": {"content-type": "multipart/form-data; boundary=x"}}
    bodies: dict[str, Any] = {
        "postmark": {
            "FromFull": {"Email": "m@home.ir", "Name": "مریم"}, "ToFull": [{"Email": "hello@house.ir", "Name": ""}],
            "Subject": "چای", "TextBody": TEXT, "OriginalRecipient": "hello@house.ir",
            "Headers": [{"Name": name, "Value": value} for name, value in HEADERS[3:]],
            "Attachments": [{"Name": "tea.txt", "Content": FILE, "ContentType": "text/plain"}],
        },
        "mailjet": {
            "Headers": {**dict(HEADERS), "Received": ["a", "b"]}, "Text-part": TEXT, "Recipient": "hello@house.ir",
            "Attachment1": FILE,
            "Parts": [
                {
                    "ContentRef": "Attachment1",
                    "Headers": {
                        "Content-Type": "text/plain", "Content-Disposition": 'attachment; filename="tea.txt"',
                    },
                }
            ],
        },
        "brevo": {
            "items": [
                {
                    "Uuid": ["u"], "Headers": dict(HEADERS), "RawTextBody": TEXT,
                    "Attachments": [{"Name": "tea.txt", "ContentType": "text/plain", "DownloadToken": "a/b"}],
                }
            ]
        },
        "sparkpost": [
            {
                "msys": {
                    "relay_message": {
                        "content": {
                            "email_rfc822": base64.b64encode(_whole()).decode(), "email_rfc822_is_base64": True,
                        }
                    }
                }
            }
        ],
        "mailersend": {"type": "inbound.message", "data": {"id": "i", "raw": _whole().decode()}},
    }  # fmt: skip
    body = json.dumps(bodies[provider]).encode()
    if provider == "mailersend":
        json_type["signature"] = hmac.new(KEY.encode(), body, hashlib.sha256).hexdigest()
    return {"body": body, "headers": json_type}


def _whole() -> bytes:
    return mail(*parts(part(TEXT), part(b"a file", "text/plain", Content_Disposition='attachment; filename="tea.txt"')))


@pytest.mark.parametrize("provider", [one.name for one in PROVIDERS.values() if one.mails])
def test_mail_taken_apart_is_kept_once_with_its_file(
    made: Made, provider: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, _message = made(provider)
    asked: list[tuple[str, dict[str, str]]] = []

    def ask(url: str, *, headers: dict[str, str], **more: Any) -> Outcome:
        asked.append((url, headers))
        return Outcome(200, 1, raw=b"a file", headers={"content-type": "text/plain"}, whole=True)

    monkeypatch.setattr(calling, "ask", ask)
    assert [call(row, **_apart(provider)) for _ in range(5)] == [200] * 5
    entry = Entry.objects.get()
    assert (entry.text, entry.way) == (TEXT, "in")
    assert [one.file.name for one in entry.files.all()] == ["tea.txt"]
    assert entry.proof["result"] == "none", "a signature over what is no more there says nothing"
    assert {one for one, _headers in asked} == (
        {"https://api.brevo.com/v3/inbound/attachments/a%2Fb"} if provider == "brevo" else set()
    )


def test_a_file_that_can_not_be_had_now_lets_the_provider_come_again(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, _message = made("brevo")
    monkeypatch.setattr(calling, "ask", lambda url, **more: Outcome(None, 1, "timeout", ""))
    assert call(row, **_apart("brevo")) == 503
    assert not Entry.objects.exists()


@pytest.mark.parametrize("provider", ["mailgun", "mailersend"])
def test_mail_of_who_signs_is_believed_by_its_signature_only(made: Made, provider: str) -> None:
    row, _message = made(provider)
    given = _apart(provider)
    if provider == "mailgun":
        given["form"]["body-mime"] = mail().decode()
        wrong = {**given, "form": {**given["form"], "signature": "0" * 64}}
    else:
        wrong = {**given, "headers": {"content-type": "application/json", "signature": "0" * 64}}
    assert call(row, **wrong) == 403
    assert not Entry.objects.exists()
    assert call(row, **given) == 200
    assert Entry.objects.get().text == TEXT


def test_resend_only_announces_mail(made: Made) -> None:
    row, _message = made("resend")
    assert call(row, body=b'{"type": "email.received"}', headers={"content-type": "application/json"}) == 400
