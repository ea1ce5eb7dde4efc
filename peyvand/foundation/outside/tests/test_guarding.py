"""No request goes into one's own network, whatever the address is dressed up as."""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from typing import Any

import pytest

from peyvand.foundation.outside import guarding
from peyvand.foundation.outside.guarding import ForbiddenAddressError, pinned, public, resolved, target_of
from peyvand.foundation.outside.requesting import Trouble, request

HOSTILE = (
    "http://127.0.0.1/", "http://127.1/", "http://0177.0.0.1/", "http://0x7f000001/", "http://0x7f.1/",
    "http://2130706433/", "http://017700000001/", "http://127.0.0.1./", "http://localhost/", "http://LOCALHOST/",
    "http://a.localhost/", "http://[::1]/", "http://[::]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/",
    "http://[0:0:0:0:0:ffff:10.0.0.1]/", "http://[::127.0.0.1]/", "http://169.254.169.254/latest/meta-data/",
    "http://[fe80::1]/", "http://[fe80::1%25eth0]/", "http://[fd00::1]/", "http://[fc00::1]/", "http://[fec0::1]/",
    "http://100.64.0.1/", "http://0.0.0.0/", "http://0/", "http://10.0.0.1/", "http://10.1/", "http://172.16.0.1/",
    "http://192.168.1.1/", "http://192.0.2.1/", "http://198.18.0.1/", "http://203.0.113.5/", "http://224.0.0.1/",
    "http://[ff02::1]/", "http://240.0.0.1/", "http://255.255.255.255/", "http://[64:ff9b::7f00:1]/",
    "http://[64:ff9b::10.0.0.1]/", "http://[64:ff9b:1::1]/", "http://[2002:7f00:1::]/", "http://[2002:a00:1::1]/",
    "http://[2001:0:7f00:1::1]/", "http://[2001:db8::1]/", "http://user@93.184.216.34/", "http://a:b@93.184.216.34/",
    "http://93.184.216.34@127.0.0.1/", "http://127.0.0.1#@93.184.216.34/", "http://127\u30020\u30020\u30021/",
    "http://\u2460\u2461\u2466.0.0.1/", "http://127.0.0.1\\@93.184.216.34/", "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_x", "ftp://93.184.216.34/", "dict://93.184.216.34/", "javascript:alert(1)", "data:,x",
    "//93.184.216.34/", "93.184.216.34", "", " ", "http://", "http:///x", "http://93.184.216.34:22/",
    "http://93.184.216.34:25/", "http://93.184.216.34:6379/", "http://93.184.216.34:99999/", "http://93.184.216.34:x/",
    "http://shop.ir/\r\nHost: evil", "http://shop.ir/a b", "http://sh\u202eop.ir/", "http://shop.ir/\x00",
    "https://" + "a" * 300 + ".ir/", "https://shop.ir/" + "a" * 2_100, "http://printer.local/", "http://db.internal/",
)  # fmt: skip


@pytest.mark.parametrize("url", HOSTILE)
def test_no_connection_is_made(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []
    monkeypatch.setattr(socket, "create_connection", lambda *args, **_more: made.append(args))
    outcome = request(url, body=b"{}", headers={})
    assert made == []
    assert outcome.status is None
    assert outcome.error in (Trouble.ADDRESS, Trouble.NAME)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.8", "169.254.169.254", "::1", "fd12::1", "::ffff:10.0.0.1"])
def test_a_name_that_leads_home_is_refused(address: str) -> None:
    target = target_of("https://innocent.ir/hook")
    with pytest.raises(ForbiddenAddressError):
        pinned(target, lambda _host, _port: [address])
    with pytest.raises(ForbiddenAddressError):  # one bad address spoils a name
        pinned(target, lambda _host, _port: ["93.184.216.34", address])


def test_a_name_that_answers_differently_the_second_time_gains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: public when it is checked, loopback when it is asked again."""
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])
    asked: list[str] = []
    went: list[object] = []

    def resolver(host: str, _port: int) -> list[str]:
        asked.append(host)
        return next(answers)

    def connect(address: object, **_more: object) -> socket.socket:
        went.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    outcome = request("https://rebind.ir/", body=b"{}", headers={}, resolver=resolver)
    assert (outcome.error, asked, went) == (Trouble.CONNECT, ["rebind.ir"], [("93.184.216.34", 443)])


def test_an_allowed_host_is_reached_but_never_the_metadata(settings: Any) -> None:
    settings.OWN_HOSTS = ["erp.lan", "169.254.169.254"]
    target = target_of("http://ERP.lan:8069/hook?x=1")
    assert pinned(target, lambda _host, _port: ["10.0.0.8"]) == ["10.0.0.8"]
    assert (target.shown, target.path) == ("erp.lan:8069", "/hook?x=1")
    with pytest.raises(ForbiddenAddressError):
        pinned(target, lambda _host, _port: ["169.254.169.254"])
    with pytest.raises(ForbiddenAddressError):
        pinned(target_of("http://169.254.169.254/"), lambda host, _port: [host])


def test_a_public_address_passes_in_every_form() -> None:
    for url in ("https://93.184.216.34/", "https://[2606:2800:220:1:248:1893:25c8:1946]/x", "http://shop.ir:8080"):
        target = target_of(url)
        assert list(pinned(target, lambda host, _port: [host if host[0] in "92" else "93.184.216.34"]))
    persian = target_of("https://فروشگاه.ایران/وب‌هوک".replace("\u200c", ""))
    assert persian.host.startswith("xn--")
    assert persian.path.startswith("/%D9%88")
    assert public(ipaddress.ip_address("93.184.216.34"))


def test_a_resolver_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarding, "RESOLVE", 0.2)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: time.sleep(3))
    began = time.monotonic()
    assert request("https://slow.ir/", body=b"", headers={}).error == Trouble.NAME
    assert time.monotonic() - began < 1


def test_a_name_without_a_machine_is_said_so() -> None:
    def nobody(_host: str, _port: int) -> list[str]:
        raise socket.gaierror

    assert request("https://nobody.ir/", body=b"", headers={}, resolver=nobody).error == Trouble.NAME
    assert request("https://shop.example/", body=b"", headers={}).error == Trouble.SAMPLE
    assert resolved("127.0.0.1", 80) == ["127.0.0.1"]


@pytest.mark.parametrize("answer", [None, [], [(2, 1, 6, "", ())]])
def test_a_resolver_that_answers_nonsense_is_no_machine(answer: object, monkeypatch: pytest.MonkeyPatch) -> None:
    broken: list[object] = []
    monkeypatch.setattr(threading, "excepthook", broken.append)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: answer)
    assert request("https://shop.ir/", headers={}).error == Trouble.NAME
    assert broken == []
