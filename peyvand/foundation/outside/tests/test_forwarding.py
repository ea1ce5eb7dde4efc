"""Through a proxy of ours visitors keep their own addresses; nobody takes somebody else's by writing a header."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from peyvand.foundation.outside.forwarding import Forwarded

OURS = ["127.0.0.0/8", "::1", "10.1.0.0/16"]


def client_of(peer: str | None, *headers: str, proxies: list[str] | None = None) -> str | None:
    """Whom the application sees."""
    seen: list[Any] = []

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["client"])

    scope = {
        "type": "http", "client": (peer, 4711) if peer else None,
        "headers": [(b"x-forwarded-for", one.encode()) for one in headers],
    }  # fmt: skip
    asyncio.run(Forwarded(inner, proxies=OURS if proxies is None else proxies)(scope, None, None))
    return seen[0][0] if seen[0] else None


@pytest.mark.parametrize(
    ("peer", "headers", "seen"),
    [
        ("127.0.0.1", ["203.0.113.7"], "203.0.113.7"),
        ("::1", ["2001:db8::7"], "2001:db8::7"),
        ("127.0.0.1", ["203.0.113.7:51000"], "203.0.113.7"),
        ("127.0.0.1", ["[2001:db8::7]:443"], "2001:db8::7"),
        ("::ffff:127.0.0.1", ["203.0.113.7"], "203.0.113.7"),
        ("127.0.0.1", ["198.51.100.1, 203.0.113.7, 10.1.2.3"], "203.0.113.7"),
        ("127.0.0.1", ["198.51.100.1", "203.0.113.7"], "203.0.113.7"),
        ("127.0.0.1", [], "127.0.0.1"),
        ("127.0.0.1", ["127.0.0.1"], "127.0.0.1"),
        ("127.0.0.1", ["203.0.113.7, unknown"], "127.0.0.1"),
        ("127.0.0.1", [""], "127.0.0.1"),
        ("127.0.0.1", ["٫" * 9], "127.0.0.1"),
        ("198.51.100.9", ["203.0.113.7"], "198.51.100.9"),
        (None, ["203.0.113.7"], None),
    ],
)
def test_the_nearest_address_that_is_not_ours(peer: str | None, headers: list[str], seen: str | None) -> None:
    assert client_of(peer, *headers) == seen


def test_without_proxies_nobody_is_believed() -> None:
    assert client_of("127.0.0.1", "203.0.113.7", proxies=[""]) == "127.0.0.1"


def test_a_long_header_is_not_read_to_its_beginning() -> None:
    assert client_of("127.0.0.1", "203.0.113.7" + ", 10.1.0.9" * 100_000) == "127.0.0.1"


def test_what_is_no_network_is_said() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        Forwarded(lambda *_given: None, proxies=["nonsense"])  # type: ignore[arg-type,return-value]
