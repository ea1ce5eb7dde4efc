"""One LISTEN connection for all open streams of a process.

The first of what moves is told at once, what follows is gathered for a moment; then it is asked once for each person,
with the rights of that moment, which of it they may see; of the rest their stream says nothing. Who reads slowly gets
one word for many: nothing piles up.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from asgiref.sync import sync_to_async
from django.db import connection
from procrastinate.contrib.django.utils import connector_params

from peyvand.channels.conversations import access
from peyvand.channels.conversations.models import Conversation
from peyvand.channels.conversations.waking import CHANNEL, PRESENT, STOPS, TYPES
from peyvand.foundation.accounts.actors import actor_of
from peyvand.foundation.accounts.models import User

logger = logging.getLogger(__name__)

SOON = 0.005  # seconds until the first word goes: what one commit tells comes together
GATHER = 0.15  # seconds in which what moves after that becomes one word
AGAIN = 2.0  # seconds before a lost connection is tried again
TYPES_FOR = 8.0  # seconds for which one word of typing is believed
MOST = 500  # streams of a process; who comes later asks every ten seconds, as without streams

Who = tuple[int, bool]  # a person, and which of the two businesses they look at


@dataclass(eq=False)
class Subscriber:
    """An open stream: what it has still to say. `over` when it is to end."""

    who: Who
    moved: set[int] = field(default_factory=set)
    present: set[int] = field(default_factory=set)
    missed: bool = False
    over: bool = False
    waiting: asyncio.Event = field(default_factory=asyncio.Event)

    async def next(self, seconds: float) -> dict[str, Any] | None:
        """What is new: ids that moved, ids where people come, type and go, and whether something may have been missed;
        None when nothing is after so many seconds.
        """
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.waiting.wait(), seconds)
        if not self.waiting.is_set():
            return None
        said = {"moved": sorted(self.moved), "present": sorted(self.present), "missed": self.missed}
        self.moved, self.present, self.missed = set(), set(), False
        self.waiting.clear()
        return said

    def tell(self, moved: Iterable[int] = (), present: Iterable[int] = (), *, missed: bool = False) -> None:
        """Have it say this."""
        self.moved.update(moved)
        self.present.update(present)
        self.missed |= missed
        if self.moved or self.present or self.missed or self.over:
            self.waiting.set()


class Hub:
    """The streams of one event loop, and the one connection that they hear by."""

    def __init__(self) -> None:
        self.subscribers: set[Subscriber] = set()
        self.heard: set[str] = set()
        self.listening: asyncio.Task[None] | None = None
        self.sharing: asyncio.Task[None] | None = None
        self.shared_at = 0.0
        self.typed: dict[int, float] = {}

    def join(self, who: Who) -> Subscriber:
        """A new stream; the first one opens the connection."""
        made = Subscriber(who)
        self.subscribers.add(made)
        if self.listening is None or self.listening.done():
            self.listening = asyncio.get_running_loop().create_task(self._listen())
        return made

    def leave(self, subscriber: Subscriber) -> None:
        """A stream is over; the last one closes the connection."""
        self.subscribers.discard(subscriber)
        if not self.subscribers and self.listening is not None:
            self.listening.cancel()
            self.listening = None

    async def _listen(self) -> None:
        first = True
        while True:
            try:
                params = {**connector_params(), "autocommit": True}
                async with await psycopg.AsyncConnection.connect(**params) as listener:
                    await listener.execute(f"LISTEN {CHANNEL}")
                    if not first:
                        for one in self.subscribers:
                            one.tell(missed=True)
                    first = False
                    async for notice in listener.notifies():
                        self.hear(notice.payload)
            except psycopg.Error as error:
                logger.warning("open inboxes hear nothing for a moment: %s", error)
                first = False
            await asyncio.sleep(AGAIN)

    def hear(self, payload: str) -> None:
        """Something moved: a conversation's id, with a sign before it where it is only who looks at it."""
        self._typing(payload)
        self.heard.add(payload)
        if self.sharing is None or self.sharing.done():
            self.sharing = asyncio.get_running_loop().create_task(self._share())

    def _typing(self, payload: str) -> None:
        """Remember for a moment where the other side writes; what they have said ends it."""
        now = time.monotonic()
        ident = payload[1:] if payload[:1] in (TYPES, STOPS) else payload
        if not ident.isdecimal():
            return
        if payload.startswith(TYPES):
            self.typed = {one: at for one, at in self.typed.items() if now - at < TYPES_FOR} | {int(ident): now}
        else:
            self.typed.pop(int(ident), None)

    async def _share(self) -> None:
        while self.heard:
            await asyncio.sleep(max(SOON, self.shared_at + GATHER - time.monotonic()))
            heard, self.heard = self.heard, set()
            self.shared_at = time.monotonic()
            moved = {int(one) for one in heard if one.isdecimal()}
            signs = (PRESENT, TYPES, STOPS)
            present = {int(one[1:]) for one in heard if one.startswith(signs) and one[1:].isdecimal()}
            people = {one.who for one in self.subscribers}
            try:
                seen = await sync_to_async(seen_by, thread_sensitive=False)(people, moved | present)
            except Exception:  # the database is away: all look for themselves once it is back
                logger.exception("nobody could be told what moved")
                for one in self.subscribers:
                    one.tell(missed=True)
                continue
            for one in list(self.subscribers):
                ids = seen.get(one.who)
                one.over = ids is None and one.who in people
                one.tell(moved & (ids or set()), present & (ids or set()))


def seen_by(people: Collection[Who], ids: Collection[int]) -> Mapping[Who, set[int]]:
    """Which of the conversations each of these people may read, by their rights of now; who may read none is left out.

    It runs in a thread of its own, whose connection goes back afterwards.
    """
    try:
        users = User.objects.select_related("role").in_bulk([user_id for user_id, _demo in people])
        found: dict[Who, set[int]] = {}
        for user_id, demo in people:
            user = users.get(user_id)
            if user is None or not (actor := actor_of(user, demo=demo)).may(access.VIEW):
                continue
            rows = Conversation.objects.visible_to(actor).filter(pk__in=list(ids))
            found[user_id, demo] = set(rows.values_list("pk", flat=True))
        return found
    finally:
        if not connection.in_atomic_block:
            connection.close()


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """The hub of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]


def typing_there(conversation_id: int) -> bool:
    """Whether the other side writes just now, as far as this process has heard."""
    now = time.monotonic()
    return any(now - one.typed.get(conversation_id, -TYPES_FOR) < TYPES_FOR for one in list(_hubs.values()))


def streams_open() -> int:
    """How many streams this process has."""
    return sum(len(one.subscribers) for one in _hubs.values())
