"""What the small ASGI applications of the public site share: bodies of a bounded size, answers, origins, limits per
address, and the sites of this process. They read no cookie and set none.
"""

from __future__ import annotations

import gzip
import json
import time
import zlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from asgiref.sync import sync_to_async
from django.db import connection

from peyvand.channels.sites import queries
from peyvand.channels.sites.models import Site
from peyvand.channels.sites.services import host_allowed

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]

SITE_LIVES = 10.0  # seconds that a process believes what it read of a site
MOST_SITES = 1_000
MOST_ADDRESSES = 20_000


class TooLargeError(ValueError):
    """The body is larger than it may be."""


def header(scope: Scope, name: str) -> str:
    """A header of the request, "" where it has none; letters outside of ASCII come as they may."""
    wanted = name.lower().encode()
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == wanted), "")


async def body(scope: Scope, receive: Receive, *, most: int) -> bytes:
    """The whole body, unpacked where it came as gzip; TooLargeError as soon as it is more than `most` bytes."""
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise ConnectionError("they went away")
        part = message.get("body", b"")
        size += len(part)
        if size > most:
            raise TooLargeError
        parts.append(part)
        if not message.get("more_body"):
            break
    whole = b"".join(parts)
    if header(scope, "content-encoding") != "gzip":
        return whole
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        whole = unpacking.decompress(whole, most + 1)
    except zlib.error as error:
        raise ValueError("this is no gzip") from error
    if len(whole) > most:
        raise TooLargeError
    return whole


async def answer(
    send: Send, status: int = 204, content: bytes = b"", *, kind: str = "", headers: Mapping[str, str] | None = None
) -> None:
    """Answer, and be done; nothing that is answered here is kept by a cache unless its headers say so."""
    said = {"cache-control": "no-store", "x-content-type-options": "nosniff", "referrer-policy": "no-referrer"}
    if kind:
        said["content-type"] = kind
    if status not in (204, 304):
        said["content-length"] = str(len(content))
    said.update(headers or {})
    lines = [(key.encode(), value.encode()) for key, value in said.items() if value]
    await send({"type": "http.response.start", "status": status, "headers": lines})
    await send({"type": "http.response.body", "body": content})


async def answer_json(send: Send, value: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
    """Answer with JSON."""
    await answer(send, status, as_json(value), kind="application/json; charset=utf-8", headers=headers)


def as_json(value: Any) -> bytes:
    """JSON, as short as it gets."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def crossing(origin: str) -> dict[str, str]:
    """The headers by which a page of that origin may read the answer. No credentials: there are none."""
    if not origin:
        return {}
    return {"access-control-allow-origin": origin, "vary": "Origin"}


def preflight(origin: str) -> dict[str, str]:
    """The headers that a browser asks for before it sends JSON."""
    return {
        **crossing(origin), "access-control-allow-methods": "GET, POST", "access-control-max-age": "7200",
        "access-control-allow-headers": "content-type",
    }  # fmt: skip


def origin_of(scope: Scope) -> str:
    """Where the page of a request lies: its Origin, else the origin of its Referer, "" where neither says it."""
    origin = header(scope, "origin")
    if origin and origin != "null":
        return origin
    parts = _split(header(scope, "referer"))
    return f"{parts[0]}://{parts[1]}" if parts else ""


def _split(url: str) -> tuple[str, str] | None:
    try:
        parts = urlsplit(url)
        usual = {"http": 80, "https": 443}.get(parts.scheme)
        if usual is None or not parts.hostname:
            return None
        port = parts.port
    except ValueError:
        return None
    return parts.scheme, parts.hostname if port in (None, usual) else f"{parts.hostname}:{port}"


def allowed_origin(site: Site, origin: str) -> bool:
    """Whether pages of this origin may use the site. A host without a port stands for all of its ports."""
    parts = _split(origin)
    if parts is None:
        return False
    return host_allowed(site.hosts, parts[1]) or host_allowed(site.hosts, parts[1].rsplit(":", 1)[0])


def address_of(scope: Scope) -> str:
    """Whom limits count by: the address of the connection (an IPv6 network of 64 bits counts as one)."""
    client = (scope.get("client") or ("",))[0]
    try:
        found = ip_address(client)
    except ValueError:
        return str(client)[:45]
    return client if found.version == 4 else ":".join(found.exploded.split(":")[:4])


@dataclass
class _Bucket:
    left: float
    at: float


class Limits:
    """So many a second for each address, and a burst at once. It forgets the address that was silent the longest."""

    def __init__(self, *, per_second: float, burst: int) -> None:
        self.per_second, self.burst = per_second, burst
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def takes(self, address: str, *, many: int = 1) -> bool:
        """Whether it may do this now."""
        now = time.monotonic()
        bucket = self._buckets.pop(address, None) or _Bucket(self.burst, now)
        bucket.left = min(self.burst, bucket.left + (now - bucket.at) * self.per_second)
        bucket.at = now
        self._buckets[address] = bucket
        while len(self._buckets) > MOST_ADDRESSES:
            self._buckets.popitem(last=False)
        if bucket.left < many:
            return False
        bucket.left -= many
        return True


_sites: OrderedDict[str, tuple[float, Site | None]] = OrderedDict()


async def site_cached(key: str) -> Site | None:
    """The site with this key, as this process has read it within the last ten seconds; None for no such site."""
    found = _sites.get(key)
    if found is not None and time.monotonic() - found[0] < SITE_LIVES:
        return found[1]
    site = await sync_to_async(_read, thread_sensitive=False)(key)
    _sites[key] = (time.monotonic(), site)
    _sites.move_to_end(key)
    while len(_sites) > MOST_SITES:
        _sites.popitem(last=False)
    return site


def sites_forget() -> None:
    """Believe nothing any more of what was read: for tests, and for a process that changed a site itself."""
    _sites.clear()


def _read(key: str) -> Site | None:
    try:
        return queries.site_by_key(key)
    finally:
        if not connection.in_atomic_block:
            connection.close()


def packed(content: bytes) -> bytes:
    """Compressed as small as it gets, the same for the same content."""
    return gzip.compress(content, 9, mtime=0)
