"""One request over the wire: what hostile machines do to it, and what it brings back."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from typing import Any

import pytest

from peyvand.foundation.outside import requesting
from peyvand.foundation.outside.requesting import Trouble, request
from peyvand.foundation.outside.tests.receiving import Receiver, reply

pytestmark = pytest.mark.usefixtures("loopback")
JSON = {"Content-Type": "application/json"}


def test_a_redirect_is_not_followed() -> None:
    with Receiver() as inside, Receiver(lambda handler: reply(handler, 302, Location=inside.url)) as outside:
        outcome = request(outside.url, body=b"{}", headers={})
    assert (outcome.status, outcome.error, outcome.taken) == (302, Trouble.REDIRECT, False)
    assert inside.received == []


def test_of_an_endless_body_a_kilobyte_is_read() -> None:
    def endless(handler: Any) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b"<script>\x00" * 1_000)
        except OSError:
            pass

    with Receiver(endless) as receiver:
        outcome = request(receiver.url, body=b"{}", headers={})
    assert outcome.taken
    assert len(outcome.response) <= 1024
    assert "\x00" not in outcome.response


def drip(sock: socket.socket, first: bytes, again: bytes) -> None:
    """Send a beginning, then a little every now and then, for ever."""
    try:
        sock.recv(65_536)
        sock.sendall(first)
        while True:
            time.sleep(0.1)
            sock.sendall(again)
    except OSError:
        pass


@pytest.mark.parametrize(
    ("first", "again", "error"),
    [
        (b"", b"", Trouble.TIMEOUT),
        (b"HTTP/1.1 200 OK\r\nX: ", b"a", Trouble.TIMEOUT),
        (b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n", Trouble.TIMEOUT),
        (b"HTTP/1.1 200 OK\r\n\r\nslowly", b"a", ""),  # it said yes; its words may take their time, not ours
        (b"SSH-2.0-OpenSSH\r\n", b"", Trouble.BROKEN),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500 + b"\r\n", b"", Trouble.BROKEN),
    ],
)
def test_no_answer_takes_longer_than_the_deadline(first: bytes, again: bytes, error: str) -> None:
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        came, _address = server.accept()
        drip(came, first, again)

    threading.Thread(target=serve, daemon=True).start()
    began = time.monotonic()
    outcome = request(f"http://127.0.0.1:{server.getsockname()[1]}/", body=b"{}", headers={}, timeout=1.0)
    assert time.monotonic() - began < 2.5
    assert outcome.error == error
    server.close()


def test_a_certificate_that_nobody_vouches_for_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with Receiver() as receiver:  # speaks no TLS at all
        outcome = request(receiver.url.replace("http:", "https:"), body=b"{}", headers={})
    assert (outcome.status, outcome.error) == (None, Trouble.TLS)
    assert receiver.received == []
    assert requesting.ssl.create_default_context().verify_mode == requesting.ssl.CERT_REQUIRED


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert request(f"http://127.0.0.1:{port}/", body=b"{}", headers={}).error == Trouble.CONNECT


def test_retry_after_is_read_as_seconds_and_as_a_date() -> None:
    assert requesting._pause("120") == 120
    assert requesting._pause("99999999999999") == requesting.LONGEST_PAUSE
    assert requesting._pause("soon") is None
    assert requesting._pause("Mon, 01 Jan 2001 00:00:00 GMT") == 0
    assert requesting._pause(None) is None


def test_an_answer_comes_whole_with_its_headers() -> None:
    words = '{"پیام": "رسید"}'.encode()
    with Receiver(lambda handler: reply(handler, 200, words * 10_000, X_Credit="12")) as receiver:
        whole = request(receiver.url, body=b"{}", headers=JSON, most_read=2_000_000)
        piece = request(receiver.url, body=b"{}", headers=JSON)
    assert (whole.raw, whole.response, whole.whole) == (words * 10_000, (words * 10_000).decode(), True)
    assert whole.headers["x-credit"] == "12"
    assert (len(piece.raw), piece.whole, piece.taken) == (1024, False, True)
    assert len({came.body for came in receiver.received}) == 1


def test_an_answer_that_breaks_off_is_not_whole() -> None:
    def short(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        handler.wfile.write(b'{"a":')

    with Receiver(short) as receiver:
        outcome = request(receiver.url, body=b"{}", headers=JSON)
    assert (outcome.status, outcome.raw, outcome.whole) == (200, b'{"a":', False)


def test_the_caller_says_method_and_type_but_not_the_host() -> None:
    with Receiver() as receiver:
        request(receiver.url, method="GET", headers={"host": "bank.ir", "accept": "text/csv", "Content-Length": "9"})
        request(receiver.url, method="PUT", body=b"a=1", headers={"Content-Type": "application/x-www-form-urlencoded"})
    asked, put = receiver.received
    assert (asked.method, asked.headers["host"], asked.headers["accept"]) == (
        "GET", f"127.0.0.1:{receiver.port}", "text/csv",
    )  # fmt: skip
    assert "content-length" not in asked.headers
    assert "content-type" not in asked.headers
    assert (put.method, put.body, put.headers["content-type"]) == ("PUT", b"a=1", "application/x-www-form-urlencoded")


@pytest.mark.parametrize("value", ["x\r\nHost: bank.ir", "\u06f1"])
def test_a_header_that_would_begin_another_is_not_sent(value: str) -> None:
    with Receiver() as receiver:
        assert request(receiver.url, headers={"X-Key": value}).status is None
    assert receiver.received == []


class Proxy:
    """Lets through who has the right name and password, and keeps what it was asked for."""

    def __init__(self, to: int, *, refuses: bool = False) -> None:
        self.heads: list[str] = []
        self._to, self._refuses = to, refuses
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                ours, _address = self._server.accept()
                head = b""
                while not head.endswith(b"\r\n\r\n"):
                    head += ours.recv(1)
                self.heads.append(head.decode())
                if self._refuses:
                    ours.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
                    ours.close()
                    continue
                theirs = socket.create_connection(("127.0.0.1", self._to))
                ours.sendall(b"HTTP/1.1 200 Connection established\r\nVia: us\r\n\r\n")
                for one, other in ((ours, theirs), (theirs, ours)):
                    threading.Thread(target=self._pass, args=(one, other), daemon=True).start()

    @staticmethod
    def _pass(one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while some := one.recv(4096):
                other.sendall(some)
        with contextlib.suppress(OSError):
            other.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self._server.close()


def test_where_there_is_no_way_of_ones_own_a_proxy_makes_it() -> None:
    with Receiver() as outside:
        proxy = Proxy(outside.port)
        found = request(
            "http://api.messenger.ir/in", body=b"words", headers={}, proxy=proxy.url, proxy_login="name:pass"
        )
        assert found.taken
        assert [one.body for one in outside.received] == [b"words"]
        head = proxy.heads[0]
        assert head.startswith("CONNECT api.messenger.ir:80 HTTP/1.1\r\n")
        assert "Proxy-Authorization: Basic bmFtZTpwYXNz\r\n" in head
        proxy.close()


def test_what_a_proxy_refuses_was_certainly_not_asked_for(settings: Any) -> None:
    proxy = Proxy(0, refuses=True)
    assert request("https://api.messenger.ir/", headers={}, proxy=proxy.url).error == Trouble.CONNECT
    proxy.close()
    assert request("https://api.messenger.ir/", headers={}, proxy=proxy.url).error == Trouble.CONNECT
    settings.OWN_HOSTS = []
    for guarded in (proxy.url, "https://proxy.example", "ftp://a.b", "http://a:b@c.d:8080"):
        assert request("https://api.messenger.ir/", headers={}, proxy=guarded).error in (Trouble.ADDRESS, Trouble.NAME)
    assert request("http://10.0.0.1/", headers={}, proxy="http://proxy.messenger.ir:3128").error == Trouble.ADDRESS
