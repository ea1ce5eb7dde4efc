"""A push service on loopback that decrypts what it is given, as a browser does, and knows the house by its key."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import LazySettings
from py_vapid import Vapid02

from peyvand.channels.outreach.tests.conftest import actor as actor
from peyvand.channels.push.models import Sender
from peyvand.channels.push.sealing import text64
from peyvand.channels.push.services import SenderData, SubscriptionData, sender_save
from peyvand.channels.sites.data import SiteData
from peyvand.channels.sites.models import Site
from peyvand.channels.sites.services import site_save
from peyvand.foundation.registry.actor import Actor

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"


@dataclass
class Browser:
    """A browser's own half: its keys, and the name under which the push service knows it."""

    base: str
    name: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    private: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = field(default_factory=lambda: secrets.token_bytes(16))

    @property
    def endpoint(self) -> str:
        return f"{self.base}/{self.name}"

    @property
    def p256dh(self) -> str:
        return text64(self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))

    def data(self, topics: list[str], **more: Any) -> SubscriptionData:
        return SubscriptionData(
            endpoint=self.endpoint, p256dh=self.p256dh, auth=text64(self.auth), topics=topics, agent=CHROME,
            proof={"origin": "https://shop.example"}, **more,
        )  # fmt: skip


@dataclass
class Service:
    """The push service: what it was given, decrypted; and what it answers, by browser."""

    url: str = ""
    browsers: dict[str, Browser] = field(default_factory=dict)
    taken: list[tuple[str, dict[str, Any], dict[str, str]]] = field(default_factory=list)
    answers: dict[str, tuple[int, dict[str, str]]] = field(default_factory=dict)

    def browser(self) -> Browser:
        made = Browser(self.url)
        self.browsers[made.name] = made
        return made

    def take(self, name: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str]]:
        if name in self.answers:
            return self.answers[name]
        browser = self.browsers[name]
        assert Vapid02.verify(headers["authorization"])
        assert headers["content-encoding"] == "aes128gcm"
        assert len(body) <= 4096
        plain = http_ece.decrypt(body, private_key=browser.private, auth_secret=browser.auth, version="aes128gcm")
        self.taken.append((name, json.loads(plain), headers))
        return 201, {"Location": f"{self.url}/m/{len(self.taken)}"}


@pytest.fixture
def service(settings: LazySettings) -> Iterator[Service]:
    settings.OWN_HOSTS = ["127.0.0.1"]
    made = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            given = {key.lower(): value for key, value in self.headers.items()}
            status, headers = made.take(self.path.strip("/"), given, body)
            self.send_response(status)
            for key, value in headers.items():
                self.send_header(key, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
def site(actor: Actor) -> Site:
    return site_save(actor=actor, data=SiteData(name="Shop", hosts="shop.example *.shop.example"))


@pytest.fixture
def sender(actor: Actor) -> Sender:
    return sender_save(actor=actor, data=SenderData(enabled=True, topics=("news", "service")))


Make = Callable[..., Any]
