"""The sender as workers run it, several at once; and https to the address that was checked."""

from __future__ import annotations

import datetime as dt
import http.server
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.db import connection
from django.utils import timezone

from peyvand.foundation.jobs.declarations import Standing
from peyvand.foundation.outbox.tests.committing import really_committing
from peyvand.foundation.outside.requesting import Outcome, Trouble, request
from peyvand.foundation.outside.tests.receiving import Receiver, until
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.webhooks import services
from peyvand.foundation.webhooks.models import State, WebhookDelivery
from peyvand.foundation.webhooks.sending import Sender, stand
from peyvand.foundation.webhooks.tests.factories import WE, delivery, endpoint

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback"), pytest.mark.slow]
TABLES = (
    "webhooks_webhookattempt", "webhooks_webhookhour", "webhooks_webhookdelivery", "webhooks_webhookendpoint",
    "changes_image",
)  # fmt: skip


def test_it_is_declared_as_standing_work() -> None:
    assert registry.get(Standing, "webhooks.sender").function is stand


def test_it_sends_within_a_moment_of_the_commit_and_stops_when_told(db: None) -> None:
    stop = threading.Event()

    def work() -> None:
        stand(stop)
        connection.close()

    with really_committing(*TABLES), Receiver() as receiver:
        made, _secret = endpoint(receiver.url)
        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        try:
            until(lambda: thread.is_alive(), seconds=2)
            time.sleep(0.5)
            began = time.monotonic()
            services.endpoint_test(actor=WE, endpoint_id=made.pk)
            until(lambda: receiver.received, seconds=5)
            assert time.monotonic() - began < 3
            until(lambda: WebhookDelivery.objects.get().state == State.DELIVERED, seconds=5)
        finally:
            stop.set()
            thread.join(timeout=6)
        assert not thread.is_alive()


def test_several_senders_send_each_message_once(db: None) -> None:
    sent: list[str] = []
    lock = threading.Lock()

    def way(_url: str, *, headers: Any, **_more: Any) -> Outcome:
        with lock:
            sent.append(headers["webhook-id"])
        time.sleep(0.005)
        return Outcome(200, 5)

    failures: list[BaseException] = []

    def work() -> None:
        try:
            sender = Sender(sender=way)
            ends = time.monotonic() + 30
            while time.monotonic() < ends and (sender.turn() or sender.busy or _left()):
                time.sleep(0.002)
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    def _left() -> bool:
        return WebhookDelivery.objects.exclude(state=State.DELIVERED).exists()

    with really_committing(*TABLES):
        rows = []
        for number in range(3):
            made, _secret = endpoint(f"https://hook{number}.peyvand.ir/")
            rows += [delivery(made, event_id=event, at=timezone.now()) for event in range(30)]
        threads = [threading.Thread(target=work, daemon=True) for _number in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=40)
        assert not failures
        assert not _left()
    assert sorted(sent) == sorted(row.webhook_id for row in rows)


# ── https ─────────────────────────────────────────────────────────────────


@pytest.fixture
def tls(tmp_path: Path) -> Iterator[tuple[int, ssl.SSLContext, list[str]]]:
    """A server with a certificate for hooks.peyvand.ir: its port, who trusts it, and what it was asked."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hooks.peyvand.ir")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("hooks.peyvand.ir")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    both = tmp_path / "both.pem"
    both.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.headers["Host"])
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_more: object) -> None:
            """Be silent."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own.load_cert_chain(both)
    server.socket = own.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    trust = ssl.create_default_context(cadata=made.public_bytes(serialization.Encoding.PEM).decode())
    yield server.server_address[1], trust, asked
    server.shutdown()
    server.server_close()


def test_https_goes_to_the_checked_address_under_the_names_certificate(tls: Any, settings: Any) -> None:
    port, trust, asked = tls
    settings.OWN_HOSTS = ["hooks.peyvand.ir", "other.peyvand.ir"]

    def home(_host: str, _port: int) -> list[str]:
        return ["127.0.0.1"]

    good = request(f"https://hooks.peyvand.ir:{port}/in", body=b"{}", headers={}, resolver=home, trust=trust)
    assert (good.status, good.error, asked) == (204, "", [f"hooks.peyvand.ir:{port}"])
    unknown = request(f"https://hooks.peyvand.ir:{port}/in", body=b"{}", headers={}, resolver=home)
    other = request(f"https://other.peyvand.ir:{port}/in", body=b"{}", headers={}, resolver=home, trust=trust)
    assert (unknown.error, other.error) == (Trouble.TLS, Trouble.TLS)
    assert len(asked) == 1
