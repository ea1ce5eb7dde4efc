"""The ASGI application of live chat, `/chat/v1/<site key>`: the socket, and the same verbs by long asking where sockets
are blocked; what the widget shows; files. Only pages of the site's hosts are let in; no cookie is read or set.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import logging
import os
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

from django.utils.http import content_disposition_header

from peyvand.channels.conversations.data import ReceivedFile
from peyvand.channels.sites import edge
from peyvand.channels.sites.models import Site
from peyvand.channels.sites.tokens import is_token, visitor_key
from peyvand.channels.webchat import queries, services, words
from peyvand.channels.webchat.data import Place
from peyvand.channels.webchat.live import verbs
from peyvand.channels.webchat.live.hub import Hub, Window, hub
from peyvand.channels.webchat.live.threads import run
from peyvand.channels.webchat.models import Asked, Widget

logger = logging.getLogger(__name__)

PREFIX = "/chat/v1/"
MOST = int(os.environ.get("PEYVAND_CHATS") or 3_000)  # windows of a process
PER_ADDRESS = int(os.environ.get("PEYVAND_CHATS_OF_ADDRESS") or 100)  # windows from one address
LARGEST = 16_384  # bytes of a frame
LARGEST_FILE = 10 * 2**20
FIRST = 8.0  # seconds until the first frame
SILENT = 70.0  # seconds without a sign of life
PING = 25.0
LONG = 20.0  # seconds that a long asking waits
WIDGET_LIVES = 10.0
FRAMES = 20  # in one asking
IMAGES = ("image/png", "image/jpeg", "image/gif", "image/webp")
OPENING = edge.Limits(per_second=5, burst=max(60, PER_ADDRESS))  # sockets and askings of one address
TALKING = (10.0, 60)  # frames of one window: a second, and at once

_open: Counter[str] = Counter()
_uploads = asyncio.Semaphore(4)
_widgets: dict[int, tuple[float, Widget | None]] = {}


async def serve(scope: edge.Scope, receive: edge.Receive, send: edge.Send) -> None:
    """Everything under `/chat/v1/`."""
    key, _slash, rest = scope["path"].removeprefix(PREFIX).partition("/")
    origin = edge.origin_of(scope)
    site = await edge.site_cached(key)
    widget = await _widget(site) if site is not None else None
    allowed = site is not None and widget is not None and edge.allowed_origin(site, origin)
    if scope["type"] == "websocket":
        if not allowed or rest or site is None or widget is None:
            await send({"type": "websocket.close", "code": 1008})
            return
        await _socket(scope, receive, send, _place(scope, site, widget))
        return
    if scope["method"] == "OPTIONS":
        await edge.answer(send, 204 if allowed else 403, headers=edge.preflight(origin) if allowed else None)
        return
    if not allowed or site is None or widget is None:
        await edge.answer(send, 403 if site is not None else 404)
        return
    place = _place(scope, site, widget)
    try:
        await _http(scope, receive, send, place, rest, edge.crossing(origin))
    except edge.TooLargeError:
        await edge.answer(send, 413, headers=edge.crossing(origin))
    except ConnectionError:
        return
    except ValueError:
        await edge.answer(send, 400, headers=edge.crossing(origin))


def _place(scope: edge.Scope, site: Site, widget: Widget) -> Place:
    return Place(site, widget, "", site.language, edge.header(scope, "user-agent")[:300])


async def _widget(site: Site) -> Widget | None:
    """The site's widget as this process has read it lately."""
    found = _widgets.get(site.pk)
    if found is not None and time.monotonic() - found[0] < WIDGET_LIVES:
        return found[1]
    widget = await run(queries.widget_of, site)
    if len(_widgets) > edge.MOST_SITES:
        _widgets.clear()
    _widgets[site.pk] = (time.monotonic(), widget)
    return widget


def widgets_forget() -> None:
    """Believe nothing any more of what was read: for tests."""
    _widgets.clear()


async def _http(
    scope: edge.Scope, receive: edge.Receive, send: edge.Send, place: Place, rest: str, crossing: Mapping[str, str]
) -> None:
    method = scope["method"]
    if method == "GET" and rest == "about":
        asked = parse_qs(scope["query_string"].decode("latin-1")[:200]).get("lang", [""])[0]
        language = asked if asked in words.LANGUAGES else place.site.language
        told = await run(about, place, language)
        await edge.answer_json(send, told, headers={**crossing, "cache-control": "public, max-age=30"})
    elif method == "POST" and rest == "poll":
        await _poll(scope, receive, send, place, crossing)
    elif method == "POST" and rest == "file":
        await _upload(scope, receive, send, place, crossing)
    elif method == "POST" and rest.startswith("file/") and rest[5:].isdecimal() and len(rest) < 24:
        await _download(scope, receive, send, place, int(rest[5:]), crossing)
    else:
        await edge.answer(send, 404 if method in ("GET", "POST") else 405, headers=crossing)


def about(place: Place, language: str) -> dict[str, Any]:
    """What the widget shows before anybody has said anything."""
    widget = place.widget
    opened, back = queries.widget_open(widget)
    asked = {name: getattr(widget, f"ask_{name}") for name in ("name", "email", "phone")}
    return {
        "lang": language, "words": words.words(language), "title": widget.text("title", language),
        "greeting": widget.text("greeting", language), "away": widget.text("away", language),
        "openings": [one.get(language) or one.get("en" if language == "fa" else "fa") for one in widget.openings],
        "asked": {name: value for name, value in asked.items() if value != Asked.NO}, "remembers": widget.remembers,
        "open": opened, "back": back.timestamp() if back else 0, "rooms": queries.site_rooms(place.site),
        "elsewhere": queries.goes_elsewhere(place.site), "most": LARGEST_FILE,
    }  # fmt: skip


def _window(scope: edge.Scope, place: Place, frame: Any) -> Window | None:
    """The window that a first frame speaks of; None for one that speaks of none."""
    if not isinstance(frame, dict) or not is_token(frame.get("token")):
        return None
    token = str(frame["token"])
    window = Window(replace(verbs.placed(place, frame), token=token), visitor_key(token), edge.address_of(scope))
    window.sent = verbs.number_in(frame, "last")
    return window


def _full(address: str, here: Hub) -> bool:
    return len(here) >= MOST or _open[address] >= PER_ADDRESS


# ── the socket ────────────────────────────────────────────────────────────


async def _socket(scope: edge.Scope, receive: edge.Receive, send: edge.Send, place: Place) -> None:
    address, here = edge.address_of(scope), hub()
    first = await receive()
    if first["type"] != "websocket.connect":
        return
    if _full(address, here) or not OPENING.takes(address):
        await send({"type": "websocket.close", "code": 1013})
        return
    _open[address] += 1
    try:
        await send({"type": "websocket.accept"})
        try:
            frame = await asyncio.wait_for(_frame(receive), FIRST)
        except (TimeoutError, ValueError):
            frame = None
        window = _window(scope, place, frame)
        if window is None or frame is None or frame.get("t") != "hello":
            await _close(send, 1008)
            return
        await here.join(window)
        try:
            await _talk(window, frame, receive, send)
        finally:
            if here.leave(window):
                with contextlib.suppress(Exception):
                    await run(services.left, key=window.key)
    except ConnectionError:
        return
    finally:
        _open[address] -= 1
        if _open[address] <= 0:
            del _open[address]


async def _frame(receive: edge.Receive) -> dict[str, Any]:
    """The next frame; ConnectionError when they went away, ValueError for what is none."""
    message = await receive()
    if message["type"] == "websocket.disconnect":
        raise ConnectionError("they went away")
    text = message.get("text") or message.get("bytes") or ""
    if len(text) > LARGEST:
        raise ValueError("too large")
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError("no frame")
    return found


async def _close(send: edge.Send, code: int) -> None:
    with contextlib.suppress(Exception):  # they may be gone already
        await send({"type": "websocket.close", "code": code})


async def _talk(window: Window, first: dict[str, Any], receive: edge.Receive, send: edge.Send) -> None:
    telling = asyncio.get_running_loop().create_task(_tell(window, send))
    bucket = edge.Limits(per_second=TALKING[0], burst=TALKING[1])
    code = 1000
    try:
        for said in await run(verbs.handle, window, first):
            window.tell(said)
        while not telling.done():
            frame = await asyncio.wait_for(_frame(receive), SILENT)
            while not bucket.takes(""):
                await asyncio.sleep(0.2)
            if frame.get("t") in ("ping", "hello"):
                window.tell({"t": "pong"})
                continue
            for said in await run(verbs.handle, window, frame):
                window.tell(said)
    except ValueError:
        code = 1009
    except TimeoutError:
        code = 1001
    finally:
        telling.cancel()
        await _close(send, 1013 if window.slow else code)


async def _tell(window: Window, send: edge.Send) -> None:
    """Tell a window what there is, and every now and then that we are there. It ends when the window is too slow."""
    while not window.slow:
        try:
            frame = await asyncio.wait_for(window.out.get(), PING)
        except TimeoutError:
            frame = {"t": "ping"}
        await send({"type": "websocket.send", "text": json.dumps(frame, ensure_ascii=False, separators=(",", ":"))})


# ── the way round ─────────────────────────────────────────────────────────


async def _poll(
    scope: edge.Scope, receive: edge.Receive, send: edge.Send, place: Place, crossing: Mapping[str, str]
) -> None:
    """The same verbs in one asking: it begins as the socket does, says `frames`, and waits for what is new."""
    asked = json.loads(await edge.body(scope, receive, most=LARGEST * 4))
    window, address, here = _window(scope, place, asked), edge.address_of(scope), hub()
    frames = asked.get("frames", []) if window is not None else []
    if window is None or not isinstance(frames, list) or len(frames) > FRAMES:
        raise ValueError("no window")
    if _full(address, here) or not OPENING.takes(address):
        await edge.answer(send, 503, headers={**crossing, "retry-after": "5"})
        return
    _open[address] += 1
    await here.join(window)
    try:
        said: list[Mapping[str, Any]] = []
        asks = [{**asked, "t": "hello"}, *(one for one in frames if isinstance(one, dict) and one.get("t") != "hello")]
        if room := verbs.number_in(asked, "room"):
            asks.insert(1, {"t": "room", "room": room, "last": verbs.number_in(asked, "room_last")})
        for frame in asks:
            said += await run(verbs.handle, window, frame)
        nothing = not any(one.get("lines") for one in said) and not frames
        if asked.get("wait") is True and nothing:
            with contextlib.suppress(TimeoutError):
                said.append(await asyncio.wait_for(window.out.get(), LONG))
        while not window.out.empty():
            said.append(window.out.get_nowait())
    finally:
        here.leave(window)
        _open[address] -= 1
        if _open[address] <= 0:
            del _open[address]
    await edge.answer_json(send, {"frames": said}, headers=crossing)


# ── files ─────────────────────────────────────────────────────────────────


async def _upload(
    scope: edge.Scope, receive: edge.Receive, send: edge.Send, place: Place, crossing: Mapping[str, str]
) -> None:
    """A file: a line of JSON (token, id, name, type), then its bytes."""
    address = edge.address_of(scope)
    if not OPENING.takes(address, many=3):
        await edge.answer(send, 429, headers=crossing)
        return
    async with _uploads:
        whole = await edge.body(scope, receive, most=LARGEST_FILE + LARGEST)
        head, _newline, content = whole.partition(b"\n")
        asked = json.loads(head[:LARGEST])
        window = _window(scope, place, asked)
        if window is None or not content:
            raise ValueError("no file")
        kept = ReceivedFile(
            verbs.text_in(asked, "name", 300), verbs.text_in(asked, "type", 100) or "application/octet-stream", content
        )  # fmt: skip
        said = await run(verbs.handle_file, window, verbs.text_in(asked, "id", 40), kept)
    await edge.answer_json(send, said, headers=crossing)


async def _download(
    scope: edge.Scope, receive: edge.Receive, send: edge.Send, place: Place, file_id: int, crossing: Mapping[str, str]
) -> None:
    """A file of the chat of whoever holds the token; missing and not theirs look the same."""
    window = _window(scope, place, json.loads(await edge.body(scope, receive, most=LARGEST)))
    found = await run(_content, window.place, file_id) if window is not None and file_id < 2**63 else None
    if found is None:
        await edge.answer(send, 404, headers=crossing)
        return
    content, name, kind = found
    shown = kind if kind in IMAGES else "application/octet-stream"
    said = {
        **crossing, "content-disposition": content_disposition_header(True, name) or "attachment",
        "content-security-policy": "default-src 'none'; sandbox",
    }  # fmt: skip
    await edge.answer(send, 200, content, kind=shown, headers=said)


def _content(place: Place, file_id: int) -> tuple[bytes, str, str] | None:
    chat = services.chat_found(place)
    kept = queries.file_of(chat=chat, file_id=file_id) if chat is not None else None
    if kept is None:
        return None
    try:
        with io.FileIO(kept.path) as opened:
            return opened.readall(), kept.name, kept.content_type
    except FileNotFoundError:
        return None
