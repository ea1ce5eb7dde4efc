"""What the short links' own small application needs of this room, by asynchronous connections: reads and clicks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from psycopg import AsyncConnection

_LINK = "SELECT id, demo, target, source, medium, campaign FROM outreach_link WHERE code = %s AND NOT archived"
_CLICKS = """
INSERT INTO outreach_click (demo, link_id, message_id, at)
SELECT l.demo, l.id, r.message, r.at
FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[]) AS r (link, message, at)
JOIN outreach_link l ON l.id = r.link
"""
_PLAIN = "!#$%&'()*+,/:;=?@[]~-._"


@dataclass(frozen=True)
class Leads:
    """Where a short link leads: `location` as a browser is told it, `host` as a site names its own."""

    id: int
    demo: bool
    location: str
    host: str

    def with_token(self, token: str) -> str:
        """The same, with who comes there."""
        return _added(self.location, {"pv_c": token})


@dataclass(frozen=True)
class Clicked:
    """Somebody came by a link, by which message where that is known."""

    link_id: int
    message_id: int | None
    at: datetime


async def link_read(connection: AsyncConnection[Any], code: str) -> Leads | None:
    """Where the link of this name leads; None for one that was never made, or is archived."""
    found = await (await connection.execute(_LINK, [code])).fetchone()
    if found is None:
        return None
    id, demo, target, source, medium, campaign = found
    parts = urlsplit(target)
    location = quote(urlunsplit(parts._replace(netloc=_ascii(parts.netloc))), safe=_PLAIN)
    given = {"utm_source": source, "utm_medium": medium, "utm_campaign": campaign}
    location = _added(location, {name: value for name, value in given.items() if value and f"{name}=" not in target})
    return Leads(id, demo, location, _ascii(parts.netloc).lower())


def _ascii(netloc: str) -> str:
    host, colon, port = netloc.partition(":")
    return (host if host.isascii() else host.encode("idna").decode()) + colon + port


def _added(location: str, given: dict[str, str]) -> str:
    if not given:
        return location
    parts = urlsplit(location)
    query = f"{parts.query}&{urlencode(given)}" if parts.query else urlencode(given)
    return urlunsplit(parts._replace(query=query))


async def clicks_write(connection: AsyncConnection[Any], clicks: Sequence[Clicked]) -> None:
    """Write them down; durable when it returns. Those of a link that is gone are passed over."""
    given = [[one.link_id for one in clicks], [one.message_id for one in clicks], [one.at for one in clicks]]
    await connection.execute(_CLICKS, given)
