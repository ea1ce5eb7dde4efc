"""Providers of Anymail, against a server of our own that speaks as Postmark's does (its API's documents of 2026-09)."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from peyvand.channels.email.carrier import send
from peyvand.channels.email.models import EmailAccount
from peyvand.channels.email.speaking import providers
from peyvand.channels.outreach.declarations import Account, Outgoing, Said

pytestmark = pytest.mark.django_db
TOKEN = "a-server-token"


@dataclass
class Api:
    """What was asked, and what is answered."""

    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    answer: tuple[int, dict[str, Any]] = (200, {})


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    found = Api()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            found.asked.append({"body": body, "token": self.headers.get("X-Postmark-Server-Token")})
            status, said = found.answer
            default = {"To": body["To"], "MessageID": f"pm-{len(found.asked)}", "ErrorCode": 0, "Message": "OK"}
            content = json.dumps(said or default).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *words: object) -> None:
            """Quietly."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_address[1]}/"
    known = providers.PROVIDERS["postmark"]
    there = providers.Provider(known.name, known.label, known.backend, known.keys, {"api_url": found.url})
    monkeypatch.setattr(providers, "PROVIDERS", {**providers.PROVIDERS, "postmark": there})
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()


@pytest.fixture
def row(account: Callable[..., EmailAccount]) -> EmailAccount:
    return account(provider="postmark", smtp_host="", secrets={"server_token": TOKEN})


def sent(row: EmailAccount, *messages: Outgoing) -> list[Any]:
    return list(send(Account(row.pk, row.name, row.address, secret={"row": row}), messages))


def test_a_mail_goes_by_the_api_with_all_that_it_needs(
    row: EmailAccount, api: Api, outgoing: Callable[..., Outgoing]
) -> None:
    out = outgoing(thread={"conversation": 5, "reply_to": "q@home.ir"})
    (found,) = sent(row, out)
    assert (found.said, found.provider_id) == (Said.SENT, "pm-1")
    asked = api.asked[0]
    assert asked["token"] == TOKEN
    body = asked["body"]
    assert "hello@house.ir" in body["From"]
    assert "m@home.ir" in body["To"]
    assert (body["Subject"], body["TextBody"]) == (out.subject, out.text)
    assert 'dir="rtl"' in body["HtmlBody"]
    headers = {one["Name"]: one["Value"] for one in body["Headers"]}
    assert headers["List-Unsubscribe"] == "<https://site.house.ir/u/abc/>"
    assert headers["In-Reply-To"] == "<q@home.ir>"
    assert "hello+r" in body.get("ReplyTo", "")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((401, {"ErrorCode": 10, "Message": "Bad token"}), Said.AGAIN),
        ((429, {"ErrorCode": 429, "Message": "Slower"}), Said.AGAIN),
        ((500, {"ErrorCode": 100, "Message": "Maintenance"}), Said.UNKNOWN),
        ((503, {}), Said.UNKNOWN),
        ((422, {"ErrorCode": 406, "Message": "You tried to send to a recipient that has been marked as inactive.\n"
                                             "Found inactive addresses: m@home.ir.\nInactive recipients are ones that "
                                             "have generated a hard bounce."}), Said.FAILED),
        ((422, {"ErrorCode": 300, "Message": "Invalid 'From' address: 'x'."}), Said.FAILED),
        ((422, {"ErrorCode": 300, "Message": "Invalid 'To' address: 'm@home.ir'."}), Said.FAILED),
    ],
)  # fmt: skip
def test_what_its_answers_mean(
    row: EmailAccount, api: Api, outgoing: Callable[..., Outgoing], answer: tuple[int, dict[str, Any]], said: str
) -> None:
    api.answer = answer
    (found,) = sent(row, outgoing())
    assert found.said == said
    row.refresh_from_db()
    assert TOKEN not in row.trouble
    assert TOKEN not in found.text


def test_a_server_that_is_not_there_has_taken_nothing(
    row: EmailAccount, api: Api, outgoing: Callable[..., Outgoing], monkeypatch: pytest.MonkeyPatch
) -> None:
    known = providers.PROVIDERS["postmark"]
    gone = providers.Provider(known.name, known.label, known.backend, known.keys, {"api_url": "http://127.0.0.1:1/"})
    monkeypatch.setattr(providers, "PROVIDERS", {**providers.PROVIDERS, "postmark": gone})
    assert [one.said for one in sent(row, outgoing(), outgoing())] == [Said.AGAIN, Said.AGAIN]


def test_every_provider_can_be_made(account: Callable[..., EmailAccount]) -> None:
    for name, provider in providers.PROVIDERS.items():
        row = account(provider=name, secrets={one.name: "x" for one in provider.keys})
        assert providers.backend_of(row).esp_name
