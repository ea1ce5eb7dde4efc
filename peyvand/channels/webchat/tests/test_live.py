"""The socket and the way round: who is let in, what survives a drop, what is bounded, both sides within a breath."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from django.db import connections

from peyvand.channels.conversations.models import Conversation, Entry
from peyvand.channels.conversations.services import ReplyData, present, read_mark, reply
from peyvand.channels.conversations.waking import CHANNEL as TALKS
from peyvand.channels.sites.edge import Limits
from peyvand.channels.sites.models import Visitor
from peyvand.channels.sites.tokens import token_new
from peyvand.channels.webchat import queries
from peyvand.channels.webchat.live import app, verbs
from peyvand.channels.webchat.live.hub import WAITING, Hub, hub
from peyvand.channels.webchat.live.threads import run
from peyvand.channels.webchat.models import Chat, Widget
from peyvand.channels.webchat.tests.conftest import Socket, asked
from peyvand.foundation.accounts.models import User
from peyvand.foundation.registry.actor import Actor

pytestmark = pytest.mark.django_db(transaction=True)
Sockets = Callable[..., Socket]
People = Callable[..., tuple[User, Actor]]
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 60


def live(talk: Coroutine[Any, Any, Any]) -> Any:
    """Run it in a loop of its own; threads give their connections back at the end."""

    async def whole() -> Any:
        try:
            return await talk
        finally:
            hub().stop()

    try:
        return asyncio.run(whole())
    finally:
        connections.close_all()


def answer(actor: Actor, text: str = "بله") -> Entry:
    talk = Conversation.objects.latest("pk")
    return reply(actor=actor, conversation_id=talk.pk, data=ReplyData(text=text, channel="webchat"))


def test_both_sides_hear_each_other_at_once_and_of_typing_and_reading(
    socket: Sockets, colleague: People, actor: Actor
) -> None:
    _user, sara = colleague(name="سارا")

    async def talk() -> None:
        token, one, two = token_new(), await socket().open(), await socket().open()
        assert (await one.hello(token))["seq"] == 0
        await two.hello(token)
        await one.say(t="say", id="client-0001", text="سلام")
        assert {(await one.next())["t"] for _frame in range(2)} == {"ok", "line"}
        assert (await two.next("line"))["text"] == "سلام"  # the other tab is in step
        began = time.monotonic()
        await run(answer, sara)
        joined, line = await one.next("line"), await one.next("line")
        took = time.monotonic() - began
        assert (joined["data"]["name"], line["text"], line["by"]) == ("سارا", "بله", "سارا")
        assert took < 5, took
        assert [(await two.next("line"))["kind"] for _line in range(3 - 1)] == ["system", "out"]
        talk_id = (await run(Conversation.objects.get)).pk
        await run(present, actor=sara, conversation_id=talk_id, typing=True)
        assert (await one.next("typing"))["by"] == "سارا"
        await run(present, actor=sara, conversation_id=talk_id, typing=False)
        assert (await one.next("typing"))["by"] == ""
        await run(read_mark, actor=sara, conversation_id=talk_id)
        assert (await one.next("seen"))["seq"] == 1
        await one.say(t="ack", seq=3)
        await one.say(t="read", seq=3)
        await one.say(t="page", page="https://shop.example/tea", title="<i>tea</i>")
        await one.say(t="ping")
        await one.next("pong")
        chat = await run(Chat.objects.get)
        assert (chat.delivered_seq, chat.read_seq, chat.title, queries.online(chat)) == (3, 3, "<i>tea</i>", True)
        await one.leave()
        assert queries.online(await run(Chat.objects.get))  # the other tab is there
        await two.leave()
        assert not queries.online(await run(Chat.objects.get))

    live(talk())


def test_a_drop_in_the_middle_loses_nothing_and_doubles_nothing(
    socket: Sockets, colleague: People, actor: Actor
) -> None:
    _user, sara = colleague()

    async def talk() -> None:
        token, one = token_new(), await socket().open()
        await one.hello(token)
        await one.say(t="say", id="client-0001", text="یک")
        await one.next("ok")
        await one.leave()  # the network drops; what follows happens meanwhile
        await run(answer, sara, "پاسخ ۱")
        await run(answer, sara, "پاسخ ۲")
        again = await socket().open()
        welcome = await again.hello(token, last=1)
        assert [one["text"] for one in welcome["lines"]] == ["", "پاسخ ۱", "پاسخ ۲"]
        for _resent in range(3):  # it had no word that it was kept
            await again.say(t="say", id="client-0001", text="یک")
            await again.say(t="say", id="client-0002", text="دو")
        assert [(await again.next("ok"))["seq"] for _ok in range(6)] == [1, 5, 1, 5, 1, 5]
        await again.leave()
        fresh = await socket().open()
        welcome = await fresh.hello(token, last=99)  # a browser that remembers what is not so
        assert [one["seq"] for one in welcome["lines"]] == [1, 2, 3, 4, 5]
        await fresh.leave()

    live(talk())
    assert Entry.objects.filter(way="in").count() == 2


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "", "https://shop.example.evil.example"])
def test_pages_of_others_are_not_let_in(socket: Sockets, widget: Widget, origin: str) -> None:
    async def talk() -> None:
        one = await socket(origin=origin).open()
        assert one.closed == 1008
        for path in ("poll", "file", "about"):
            got = await asked(
                f"/chat/v1/{widget.site.key}/{path}", method="GET" if path == "about" else "POST", origin=origin
            )
            assert got.status == 403

    live(talk())


def test_junk_is_closed_and_bounded(socket: Sockets, widget: Widget, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "PER_ADDRESS", 5)
    monkeypatch.setattr(app, "FIRST", 0.05)

    async def talk() -> None:
        some = [await socket().open() for _n in range(12)]
        assert [one.closed for one in some] == [0] * 5 + [1013] * 7  # so many of one address
        other = await socket(client="10.9.9.9").open()
        assert other.closed == 0
        for one in some[:5]:  # and who says nothing is not kept
            with pytest.raises(ConnectionError):
                await one.next()
        for junk in ({"t": "hello", "token": "forged"}, {"t": "say", "token": token_new()}, {"t": "hello"}):
            one = await socket(client="10.8.8.8").open()
            await one.say(**junk)
            with pytest.raises(ConnectionError):
                await one.next()
            assert one.closed == 1008
        big = await socket(client="10.7.7.7").open()
        await big.hello(token_new())
        await big.say(t="say", id="client-0001", text="x" * 1_000_000)
        with pytest.raises(ConnectionError):
            await big.next("ok")
        assert big.closed == 1009
        for content in (
            "[1]",
            '{"t":',
            "\x00",
            '{"t":[1],"id":{}}',
            '{"t":"ack","seq":-1}',
            '{"t":"rate","stars":true}',
        ):
            odd = await socket(client="10.6.6.6").open()
            await odd.hello(token_new())
            await odd.to.put({"type": "websocket.receive", "text": content})
            await odd.say(t="ping")
            try:
                assert (await odd.next())["t"] in ("pong", "no")
            except ConnectionError:
                assert odd.closed == 1009
            await odd.leave() if not odd.closed else None
        await other.leave()
        assert len(hub()) == 0
        assert not app._open

    live(talk())
    assert not Visitor.objects.exists()  # who only looks leaves no row behind


def test_who_writes_too_fast_is_asked_to_wait(socket: Sockets, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verbs, "WRITING", Limits(per_second=0.001, burst=2))

    async def talk() -> list[str]:
        one = await socket().open()
        await one.hello(token_new())
        said = []
        for number in range(4):
            await one.say(t="say", id=f"client-{number:04}", text="x")
            said.append((await one.next("ok" if number < 2 else "no")).get("code", "kept"))
        await one.leave()
        return said

    assert live(talk()) == ["kept", "kept", "often", "often"]


def test_the_way_round_has_the_same_verbs(widget: Widget, colleague: People) -> None:
    _user, sara = colleague(name="سارا")
    path, token = f"/chat/v1/{widget.site.key}/poll", token_new()

    async def talk() -> None:
        say = {"t": "say", "id": "client-0001", "text": "سلام"}
        for _resent in range(2):
            got = (await asked(path, body={"token": token, "frames": [say]})).json["frames"]
            assert [one["seq"] for one in got if one["t"] == "ok"] == [1]
        waiting = asyncio.create_task(asked(path, body={"token": token, "last": 1, "wait": True}))
        while not len(hub()):
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        await run(answer, sara)
        got = (await asyncio.wait_for(waiting, 8)).json["frames"]
        texts = [one.get("text") for one in got if one["t"] == "line"]
        if "بله" not in texts:  # the first of the two was enough to answer
            got = (await asked(path, body={"token": token, "last": 2})).json["frames"]
            texts = [line["text"] for line in got[0]["lines"]]
        assert texts[-1] == "بله"
        for bad in (b"", b"[]", b"{}", b'{"token":"x"}', b"\xff\xfe", b'{"token":1,"frames":7}'):
            assert (await asked(path, body=bad)).status == 400
        assert (await asked(path, body=b"x" * 100_000)).status == 413
        assert (await asked(path, body={"token": token, "frames": [say] * 21})).status == 400
        got = await asked(path, method="OPTIONS")
        assert (got.status, got.headers["access-control-allow-origin"]) == (204, "https://shop.example")
        assert "access-control-allow-credentials" not in got.headers

    live(talk())


def test_files_go_both_ways_and_only_to_who_holds_the_token(widget: Widget, colleague: People) -> None:
    path, token = f"/chat/v1/{widget.site.key}", token_new()

    def head(name: str, kind: str, number: int) -> bytes:
        return f'{{"token":"{token}","id":"client-{number:04}","name":"{name}","type":"{kind}"}}\n'.encode()

    async def talk() -> None:
        hostile = "../../\u202egpj.<script>.png"
        got = await asked(f"{path}/file", body=head(hostile, "image/png", 1) + PNG)
        assert got.json["t"] == "ok", got.json
        assert (await asked(f"{path}/file", body=head(hostile, "image/png", 1) + PNG)).json["seq"] == 1
        lied = await asked(f"{path}/file", body=head("a.png", "image/png", 2) + b"MZ\x00 no picture")
        assert lied.json["t"] == "ok"
        svg = await asked(f"{path}/file", body=head("a.svg", "image/svg+xml", 3) + b"<svg onload='alert(1)'/>")
        assert svg.json["t"] == "ok"
        frames = (await asked(f"{path}/poll", body={"token": token})).json["frames"]
        first, second, third = frames[0]["lines"]
        (kept,) = first["files"]
        assert "/" not in kept["name"]
        assert second["data"]["refused"] == ["a.png"]
        for asking, status in ((token, 200), (token_new(), 404), ("x", 404)):
            got = await asked(f"{path}/file/{kept['id']}", body={"token": asking})
            assert got.status == status
        got = await asked(f"{path}/file/{kept['id']}", body={"token": token})
        assert got.body == PNG
        assert got.headers["x-content-type-options"] == "nosniff"
        assert got.headers["content-type"] == "image/png"
        assert got.headers["content-disposition"].startswith("attachment")
        got = await asked(f"{path}/file/{third['files'][0]['id']}", body={"token": token})
        assert got.headers["content-type"] == "application/octet-stream"
        assert "sandbox" in got.headers["content-security-policy"]
        assert (
            await asked(f"{path}/file", body=head("a", "a/b", 4) + b"x" * (app.LARGEST_FILE + 20_000))
        ).status == 413
        assert (await asked(f"{path}/file", body=b"{}\nx")).status == 400

    live(talk())


def test_what_the_widget_shows_is_in_the_visitor_s_language(widget: Widget) -> None:
    async def talk() -> tuple[Any, Any]:
        path = f"/chat/v1/{widget.site.key}/about"
        persian = await asked(path, method="GET")
        english = await asked(path, method="GET", query="lang=en")
        assert (await asked(path, method="GET", query="lang=" + "x" * 5000)).json["lang"] == "fa"
        assert (await asked("/chat/v1/nosuch/about", method="GET")).status == 404
        assert (await asked(f"/chat/v1/{widget.site.key}/nothing", method="GET")).status == 404
        return persian.json, english.json

    persian, english = live(talk())
    assert (persian["title"], english["title"]) == ("گفت‌وگو", "Chat")
    assert english["words"]["send"] == "Send"
    assert persian["words"]["send"] != "Send"
    assert set(persian["words"]) == set(english["words"])


def test_one_word_is_told_at_once_many_are_asked_for_together_and_who_is_slow_is_closed(
    socket: Sockets, widget: Widget
) -> None:
    async def talk() -> None:
        here, heard = Hub(), []
        here._soon = lambda: heard.append(1)  # type: ignore[method-assign]
        for channel, payload in (
            ("peyvand_webchat", "cnobody"),
            (TALKS, "12"),
            (TALKS, "t12"),
            ("x", "r1"),
            (TALKS, "p'"),
        ):
            here.hear(channel, payload)
        assert not heard
        here.hear(TALKS, "p12")
        assert here.heard.present == {12}
        one = await socket().open()
        await one.hello(token_new())
        (window,) = next(iter(hub().windows.values()))
        for number in range(WAITING + 300):
            window.tell({"t": "typing", "by": str(number)})
        assert window.slow
        await one.say(t="ping")

        async def to_the_end() -> None:
            while True:
                await one.next(timeout=3)

        with pytest.raises(ConnectionError):
            await to_the_end()
        assert one.closed == 1013

    live(talk())
