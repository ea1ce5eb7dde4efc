"""A shop with a chat, browsers that visit it, and the application as a server calls it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from peyvand.channels.outreach.tests.conftest import person as person
from peyvand.channels.sites import edge
from peyvand.channels.sites.data import SiteData
from peyvand.channels.sites.models import Site
from peyvand.channels.sites.services import site_save
from peyvand.channels.sites.tokens import token_new
from peyvand.channels.webchat.data import Place, WidgetData, Written
from peyvand.channels.webchat.live import app, verbs
from peyvand.channels.webchat.models import Line, Widget
from peyvand.channels.webchat.services import widget_save, write
from peyvand.foundation.accounts.actors import actor_of
from peyvand.foundation.accounts.models import User
from peyvand.foundation.accounts.tests.factories import make_user
from peyvand.foundation.registry.actor import Actor, system_actor
from peyvand.memory.consents.services import purposes_ensure

ORIGIN = "https://shop.example"


@pytest.fixture
def actor(db: None) -> Actor:
    purposes_ensure(demo=False)
    return system_actor()


@pytest.fixture
def site(actor: Actor) -> Site:
    return site_save(actor=actor, data=SiteData(name="Shop", hosts="shop.example"))


@pytest.fixture
def widget(actor: Actor, site: Site) -> Widget:
    return widget_save(actor=actor, site=site, data=WidgetData(title_fa="گفت‌وگو", title_en="Chat", by_hours=False))


@pytest.fixture
def place(widget: Widget) -> Callable[..., Place]:
    """A browser of the shop: place(), each time another; place(token) the same again."""

    def made(token: str = "", **more: Any) -> Place:
        return Place(widget.site, widget, token or token_new(), **{"language": "fa", **more})

    return made


@pytest.fixture
def says() -> Callable[..., Line]:
    """A visitor writes: says(place, "hello")."""
    number = iter(range(1, 10_000))

    def made(place: Place, text: str = "سلام", **more: Any) -> Line:
        return write(place=place, written=Written(more.pop("client_id", f"client-{next(number):04}"), text, **more))

    return made


@pytest.fixture
def colleague(db: None) -> Callable[..., tuple[User, Actor]]:
    def made(role: str = "manager", **fields: Any) -> tuple[User, Actor]:
        user = make_user(role_key=role, **fields)
        return user, actor_of(user)

    return made


@pytest.fixture(autouse=True)
def fresh() -> None:
    """Nothing is believed of an earlier test."""
    edge.sites_forget()
    app.widgets_forget()
    app._open.clear()
    for limits in (verbs.WRITING, verbs.BEGINNING, verbs.ASKING, app.OPENING):
        limits._buckets.clear()


@dataclass
class Socket:
    """A socket to the application, as a server would hold it."""

    path: str
    origin: str = ORIGIN
    client: str = "10.1.2.3"
    to: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue)
    back: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue)
    task: asyncio.Task[None] | None = None
    closed: int = 0

    async def open(self) -> Socket:
        scope = {
            "type": "websocket", "path": self.path, "headers": [(b"origin", self.origin.encode())],
            "client": (self.client, 1), "query_string": b"",
        }  # fmt: skip
        await self.to.put({"type": "websocket.connect"})
        self.task = asyncio.get_running_loop().create_task(app.serve(scope, self.to.get, self.back.put))
        answer = await asyncio.wait_for(self.back.get(), 10)
        self.closed = answer.get("code", 0) if answer["type"] == "websocket.close" else 0
        return self

    async def say(self, **frame: Any) -> None:
        await self.to.put({"type": "websocket.receive", "text": json.dumps(frame)})

    async def next(self, kind: str = "", *, timeout: float = 8) -> dict[str, Any]:
        async with asyncio.timeout(timeout):
            while True:
                message = await self.back.get()
                if message["type"] == "websocket.close":
                    self.closed = message["code"]
                    raise ConnectionError(self.closed)
                frame: dict[str, Any] = json.loads(message["text"])
                if kind in ("", frame["t"]):
                    return frame

    async def hello(self, token: str, last: int = 0, **more: Any) -> dict[str, Any]:
        await self.say(t="hello", token=token, last=last, lang="fa", **more)
        return await self.next("welcome")

    async def leave(self) -> None:
        await self.to.put({"type": "websocket.disconnect"})
        if self.task is not None:
            await asyncio.wait_for(self.task, 10)


@pytest.fixture
def socket(widget: Widget) -> Callable[..., Socket]:
    def made(**more: Any) -> Socket:
        return Socket(f"/chat/v1/{widget.site.key}", **more)

    return made


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


async def asked(
    path: str, *, method: str = "POST", body: bytes | dict[str, Any] = b"", origin: str = ORIGIN, query: str = ""
) -> Answer:
    """What the application answers over HTTP."""
    sent: list[dict[str, Any]] = []
    content = json.dumps(body).encode() if isinstance(body, dict) else body

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": content, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": method, "path": path, "query_string": query.encode(),
        "headers": [(b"origin", origin.encode())] if origin else [], "client": ("10.1.2.3", 1),
    }  # fmt: skip
    await app.serve(scope, receive, send)
    headers = {key.decode(): value.decode() for key, value in sent[0]["headers"]}
    return Answer(sent[0]["status"], headers, b"".join(one.get("body", b"") for one in sent[1:]))
