"""The open windows of visitors in this process, and the one connection by which they hear.

What moves is asked for once for all windows that it concerns: the first word at once, what follows gathered for a
moment. A window that reads too slowly is closed; it comes again and goes on from the last line it has.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from procrastinate.contrib.django.utils import connector_params

from peyvand.channels.conversations.waking import CHANNEL as TALKS
from peyvand.channels.conversations.waking import PRESENT, READ
from peyvand.channels.webchat import queries, services
from peyvand.channels.webchat.data import Place, Shown
from peyvand.channels.webchat.live.threads import run
from peyvand.channels.webchat.models import Chat, Room
from peyvand.channels.webchat.waking import CHANNEL, CHAT, ROOM

logger = logging.getLogger(__name__)

SOON = 0.002  # seconds until the first word goes
GATHER = 0.02  # seconds in which what follows becomes one question
AGAIN = 2.0  # seconds before a lost connection is tried again
BEAT = 25.0  # seconds between two notes of who is there
WAITING = 300  # frames that a window may be behind

Frame = Mapping[str, Any]


@dataclass(eq=False)
class Window:
    """A window of a visitor: up to where it has the lines of the chat and of the room that it shows.

    `out` is what it has still to be told; `slow` when that is too much.
    """

    place: Place
    key: str
    address: str = ""
    chat_id: int | None = None
    sent: int = 0
    typing: str = ""
    seen: int = 0
    room_id: int | None = None
    room_sent: int = 0
    slow: bool = False
    out: asyncio.Queue[Frame] = field(default_factory=lambda: asyncio.Queue(WAITING))

    def tell(self, frame: Frame) -> None:
        """Have it told this."""
        try:
            self.out.put_nowait(frame)
        except asyncio.QueueFull:
            self.slow = True

    def tell_lines(self, lines: Iterable[Shown]) -> None:
        """Have it told of lines that it does not have."""
        for one in lines:
            if one.seq > self.sent:
                self.sent = one.seq
                self.tell({"t": "line", **one.as_plain()})


@dataclass
class _Heard:
    """What moved since it was last asked for."""

    chats: set[str] = field(default_factory=set)
    rooms: set[int] = field(default_factory=set)
    present: set[int] = field(default_factory=set)
    read: set[int] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.chats or self.rooms or self.present or self.read)


class Hub:
    """The windows of one event loop."""

    def __init__(self) -> None:
        self.windows: dict[str, set[Window]] = {}
        self.heard = _Heard()
        self.tasks: list[asyncio.Task[None]] = []
        self.sharing: asyncio.Task[None] | None = None
        self.listening = asyncio.Event()
        self.shared_at = 0.0

    def __len__(self) -> int:
        return sum(map(len, self.windows.values()))

    async def join(self, window: Window) -> None:
        """A window more; it hears everything from now on."""
        self.windows.setdefault(window.key, set()).add(window)
        if not self.tasks or any(one.done() for one in self.tasks):
            self.stop()
            loop = asyncio.get_running_loop()
            self.tasks = [loop.create_task(self._listen()), loop.create_task(self._beat())]
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.listening.wait(), AGAIN)

    def leave(self, window: Window) -> bool:
        """A window less; gives whether it was the visitor's last."""
        there = self.windows.get(window.key, set())
        there.discard(window)
        if not there:
            self.windows.pop(window.key, None)
        if not self.windows:
            self.stop()
        return not there

    def stop(self) -> None:
        """Hear nothing any more."""
        for one in self.tasks:
            one.cancel()
        self.tasks = []
        self.listening.clear()

    async def _listen(self) -> None:
        while True:
            try:
                params = {**connector_params(), "autocommit": True}
                async with await psycopg.AsyncConnection.connect(**params) as listener:
                    await listener.execute(f"LISTEN {CHANNEL}")
                    await listener.execute(f"LISTEN {TALKS}")
                    self.listening.set()
                    self._missed()
                    async for notice in listener.notifies():
                        self.hear(notice.channel, notice.payload)
            except psycopg.Error as error:
                logger.warning("open chats hear nothing for a moment: %s", error)
            self.listening.clear()
            await asyncio.sleep(AGAIN)

    def _missed(self) -> None:
        """Something may have moved unheard: ask for all that is open."""
        self.heard.chats.update(self.windows)
        self.heard.rooms.update(one.room_id for one in self._all() if one.room_id)
        self._soon()

    def _all(self) -> list[Window]:
        return [one for there in self.windows.values() for one in there]

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT)
            if self.windows:
                with contextlib.suppress(Exception):  # the database is away: the next beat says it
                    await run(services.here, keys=list(self.windows))

    def hear(self, channel: str, payload: str) -> None:
        """Something moved."""
        sign, rest = payload[:1], payload[1:]
        if channel == CHANNEL and sign == CHAT and rest in self.windows:
            self.heard.chats.add(rest)
        elif channel == CHANNEL and sign == ROOM and rest.isdecimal():
            self.heard.rooms.add(int(rest))
        elif channel == TALKS and sign in (PRESENT, READ) and rest.isdecimal():
            (self.heard.present if sign == PRESENT else self.heard.read).add(int(rest))
        else:
            return
        self._soon()

    def _soon(self) -> None:
        if self.sharing is None or self.sharing.done():
            self.sharing = asyncio.get_running_loop().create_task(self._share())

    async def _share(self) -> None:
        while self.heard:
            await asyncio.sleep(max(SOON, self.shared_at + GATHER - time.monotonic()))
            heard, self.heard = self.heard, _Heard()
            self.shared_at = time.monotonic()
            try:
                await self._chats(heard.chats)
                await self._talks(heard.present, heard.read)
                for room_id in heard.rooms:
                    await self._room(room_id)
            except Exception:  # the database is away: who listens again asks for everything
                logger.exception("open chats could not be told what moved")
                await asyncio.sleep(AGAIN)
                self.heard.chats |= heard.chats
                self.heard.rooms |= heard.rooms

    async def _chats(self, keys: set[str]) -> None:
        wanted = {key: min(one.sent for one in there) for key in keys if (there := self.windows.get(key))}
        for key, lines in (await run(queries.lines_after, wanted)).items() if wanted else ():
            for window in self.windows.get(key, ()):
                window.tell_lines(lines)

    async def _talks(self, present: set[int], read: set[int]) -> None:
        if not (present or read):
            return
        found = await run(_of_talks, present, read, set(self.windows))
        for key, (typing, seen) in found.items():
            for window in self.windows.get(key, ()):
                if typing is not None and typing != window.typing:
                    window.typing = typing
                    window.tell({"t": "typing", "by": typing})
                if seen is not None and seen > window.seen:
                    window.seen = seen
                    window.tell({"t": "seen", "seq": seen})

    async def _room(self, room_id: int) -> None:
        windows = [one for one in self._all() if one.room_id == room_id]
        if not windows:
            return
        state, lines = await run(_of_room, room_id, min(one.room_sent for one in windows))
        for window in windows:
            fresh = [one for one in lines if one["seq"] > window.room_sent]
            window.room_sent = max([window.room_sent, *(one["seq"] for one in fresh)])
            window.tell({"t": "room", "room": state, "lines": fresh})


def _of_talks(present: set[int], read: set[int], keys: set[str]) -> dict[str, tuple[str | None, int | None]]:
    """Of visitors who are here, who of us writes to them (None: nothing moved) and up to where it was read."""
    rows = Chat.objects.filter(conversation_id__in=present | read).values_list("pk", "conversation_id", "visitor__key")
    typing = queries.staff_typing(list(present)) if present else {}
    found: dict[str, tuple[str | None, int | None]] = {}
    for chat_id, talk_id, key in rows:
        if key in keys:
            found[key] = (
                typing.get(talk_id, "") if talk_id in present else None,
                queries.staff_read(chat_id=chat_id, conversation_id=talk_id) if talk_id in read else None,
            )  # fmt: skip
    return found


def _of_room(room_id: int, after: int) -> tuple[Mapping[str, Any], list[dict[str, Any]]]:
    room = Room.objects.get(pk=room_id)
    return queries.room_state(room), queries.room_lines(room, after=after)


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """The hub of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]
