"""Bots at fake messengers on loopback, people, and what they write."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import LazySettings

from peyvand.channels.conversations.tests.conftest import colleague as colleague
from peyvand.channels.conversations.tests.conftest import signed_in as signed_in
from peyvand.channels.messengers.adapters import ADAPTERS
from peyvand.channels.messengers.carrier import PURPOSE
from peyvand.channels.messengers.hearing import take
from peyvand.channels.messengers.models import Bot
from peyvand.channels.messengers.tests.fakes.server import Messenger
from peyvand.channels.messengers.tests.fakes.speaking import SPEAKING
from peyvand.channels.outreach.declarations import HookRequest
from peyvand.channels.outreach.tests.conftest import actor as actor
from peyvand.channels.outreach.tests.conftest import person as person
from peyvand.foundation.outside.locking import locked
from peyvand.memory.consents.services import purposes_ensure

Opened = tuple[Bot, Messenger]
_began = {"test": 0}


@pytest.fixture(autouse=True)
def _clock_of_the_test() -> None:
    """Each test has a clock of its own: one set when the tests were collected would be an hour old in a long run, and
    what is that old counts as the past.
    """
    _began["test"] = int(time.time())


def since() -> int:
    """Half an hour before the test began, in seconds of Unix: when chats begin; the same throughout a test."""
    return _began["test"] - 1_800


@pytest.fixture
def opened(db: None, settings: LazySettings) -> Iterator[Callable[..., Opened]]:
    """Opens a bot at a fake of that messenger: opened("bale")."""
    settings.OWN_HOSTS = ["127.0.0.1"]
    purposes_ensure(demo=False)
    running: list[Messenger] = []

    def open_one(messenger: str, **more: Any) -> Opened:
        fake = Messenger(*SPEAKING[messenger])
        fake.start()
        running.append(fake)
        secrets = {one.name: fake.secret for one in ADAPTERS[messenger].fields}
        given = {"name": messenger, "base_url": fake.url, **more}
        row = Bot.objects.create(
            messenger=messenger, credentials=locked(json.dumps(secrets), purpose=PURPOSE), **given
        )  # fmt: skip
        return row, fake

    yield open_one
    for fake in running:
        fake.stop()


def update(number: int, text: str = "", *, chat: int = 501, **more: Any) -> dict[str, Any]:
    """An update of the Telegram Bot protocol."""
    sender = {"id": chat, "is_bot": False, "first_name": "سارا", "last_name": "کیانی", "username": "sara_k",
              "language_code": "fa"}  # fmt: skip
    message = {"message_id": number, "from": {**sender, **more.pop("sender", {})},
               "chat": {"id": chat, "type": more.pop("type", "private")}, "date": since() + number,
               **({"text": text} if text else {}), **more}  # fmt: skip
    return {"update_id": 1_000 + number, "message": message}


def hooked(row: Bot, body: object, *, header: str | None = None, **headers: str) -> int:
    """Call a bot's address as its messenger does; gives the status."""
    given = dict(headers)
    if row.messenger == "telegram":
        given["x-telegram-bot-api-secret-token"] = row.header if header is None else header
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return take(HookRequest(row.hook, "", "POST", {}, {}, raw, given)).status
