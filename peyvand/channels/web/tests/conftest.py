from __future__ import annotations

import asyncio
import base64
import json
import secrets
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from peyvand.channels.sites import edge
from peyvand.channels.sites.data import SiteData
from peyvand.channels.sites.models import Site
from peyvand.channels.sites.services import site_save
from peyvand.channels.web import collecting, events
from peyvand.foundation.database.pool import close
from peyvand.foundation.registry.actor import Actor, system_actor
from peyvand.memory.customers.data import CustomerData, IdentityData
from peyvand.memory.customers.models import Customer
from peyvand.memory.customers.services import customer_create

ORIGIN = "https://shop.example"
AGENT = "Mozilla/5.0 (Linux; Android 14; SM-A546E) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"
TOKEN = "AAAAAAAAAAAAAAAAAAAAAA"


@pytest.fixture
def actor(db: None) -> Actor:
    return system_actor()


@pytest.fixture
def site(actor: Actor) -> Site:
    return site_save(actor=actor, data=SiteData(name="Shop", hosts="shop.example"))


@pytest.fixture
def customer(actor: Actor) -> Customer:
    data = CustomerData(
        kind="person", given_name="مینا", family_name="رضایی", identities=[IdentityData("external", "C7", "shop")]
    )
    return customer_create(actor=actor, data=data)


@pytest.fixture
def edges(transactional_db: None) -> Iterator[None]:
    """What processes remember is forgotten; events, which no model has, go as well."""

    def clean() -> None:
        edge.sites_forget()
        collecting._salts.clear()
        for limits in (collecting.limits, collecting.known_limits):
            limits._buckets.clear()
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE web_event, web_reading, web_count")

    clean()
    yield
    clean()


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


def uid() -> str:
    return base64.urlsafe_b64encode(int(time.time() * 1000).to_bytes(6, "big") + secrets.token_bytes(10)).decode()[:22]


def an_event(kind: str = "page", **more: Any) -> dict[str, Any]:
    data = more.pop("d", {})
    return {"i": uid(), "k": kind, "t": int(time.time() * 1000), "u": f"{ORIGIN}/tea/", "n": "Tea", "d": data, **more}


def a_batch(*given: dict[str, Any], **more: Any) -> bytes:
    said = {"v": TOKEN, "m": "full", "at": int(time.time() * 1000), "p": {"l": "fa"}, "e": list(given), **more}
    return json.dumps(said).encode()


async def asked(
    application: Callable[..., Awaitable[None]],
    path: str,
    body: bytes = b"",
    *,
    method: str = "POST",
    query: str = "",
    address: str = "192.0.2.7",
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """One request, as granian hands it over."""
    given = {"origin": ORIGIN, "user-agent": AGENT, **(headers or {})}
    scope = {
        "type": "http", "method": method, "path": path, "query_string": query.encode(), "client": (address, 1),
        "headers": [(key.encode(), value.encode()) for key, value in given.items() if value],
    }  # fmt: skip
    sent: list[Mapping[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Mapping[str, Any]) -> None:
        sent.append(message)

    await application(scope, receive, send)
    lines = {key.decode(): value.decode() for key, value in sent[0]["headers"]}
    return Answer(sent[0]["status"], lines, b"".join(one.get("body", b"") for one in sent[1:]))


def run(work: Callable[[], Awaitable[Any]]) -> Any:
    """Run in a loop of its own, and close its pool."""

    async def whole() -> Any:
        try:
            return await work()
        finally:
            await close()

    return asyncio.run(whole())  # type: ignore[arg-type]


def put(
    site: Site, *rows: tuple[str, datetime, str, dict[str, Any]], visitor: str = "v" * 26, kept: bool = True
) -> None:
    """Write events as the collector does: (kind, at, path, data)."""
    lines = [
        events.copied(
            events.Event(
                uuid4(), at.astimezone(UTC), kind, f"{ORIGIN}{path}", f"title of {path}", events.as_json(data)
            ),
            site_id=site.pk, demo=site.demo, visitor=visitor, kept=kept,
        )
        for kind, at, path, data in rows
    ]  # fmt: skip
    statement = "COPY web_event (uid, at, site_id, demo, visitor, kept, kind, url, title, data) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write("".join(lines))


def stored(what: str = "count(*)", where: str = "true") -> Any:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {what} FROM web_event WHERE {where}")
        row = cursor.fetchone()
    return row[0] if len(row) == 1 else row
