"""What every messenger's adapter is, and how each asks: one request within a deadline, through the guard.

As with every provider, of an answer one thing matters most: whether the message was certainly not taken (then it may be
sent again), or nobody knows (then never by itself). A time-out and an answer 5xx are of the second sort.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from peyvand.channels.outreach.declarations import Asked, HookAnswer, HookRequest, Outcome, Outgoing, Said
from peyvand.channels.outreach.dispatching.settling import Told
from peyvand.foundation.outside.requesting import Outcome as Answered
from peyvand.foundation.outside.requesting import Trouble, request
from peyvand.foundation.registry.declarations import Label

MOST_READ = 4 * 2**20
MOST_FILE = 20 * 2**20
TIMEOUT = 20.0
FILE_TIMEOUT = 60.0
NOT_TAKEN = frozenset({Trouble.ADDRESS, Trouble.NAME, Trouble.SAMPLE, Trouble.CONNECT, Trouble.TLS})
PAUSE = 30.0
LONG_PAUSE = 900.0  # what a person has to mend: a token, the credit
NAME_LENGTH = 200


@dataclass(frozen=True)
class Access:
    """A bot as its adapter needs it. `secrets` are its keys, in the clear, in memory only; `hook_url` is where its
    messenger calls us, `header` the secret by which those calls are known where the messenger sends one along.
    """

    bot_id: int
    name: str
    username: str
    base_url: str
    hook_url: str = ""
    proxy: str = ""
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    header: str = field(default="", repr=False)


@dataclass(frozen=True)
class Piece:
    """A file that lies with the messenger until it is fetched by `ref`."""

    ref: str
    name: str
    content_type: str
    size: int = 0


@dataclass(frozen=True)
class Loaded:
    """A file that goes along with a message."""

    name: str
    content_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Contact:
    """A telephone number that somebody shared; `own` when the messenger says that it is theirs."""

    phone: str
    name: str
    own: bool


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What somebody wrote to a bot. `id` is the same however often it comes; `chat` as the messenger writes it.

    `edited`: they changed what they had written. `press` is the messenger's id of a pressed button, to be told that it
    was taken. `start` is what came with the link by which they began, None when they did not begin.
    """

    id: str
    chat: str
    at: datetime | None = None
    text: str = ""
    name: str = ""
    username: str = ""
    language: str = ""
    files: Sequence[Piece] = ()
    contact: Contact | None = None
    edited: bool = False
    press: str = ""
    start: str | None = None


@dataclass(frozen=True, kw_only=True)
class Came:
    """What one call of a hook, or one question, brought. `gone` are chats that have blocked the bot, `back` those that
    let it in again; `offset` is what to ask from next time, "" where nothing moves; `answer` what the caller is told.
    """

    heard: Sequence[Heard] = ()
    told: Sequence[Told] = ()
    gone: Sequence[str] = ()
    back: Sequence[str] = ()
    offset: str = ""
    answer: HookAnswer | None = None


@dataclass(frozen=True)
class Me:
    """Who the bot is, as its messenger says."""

    name: str
    username: str


@dataclass(frozen=True)
class SecretField:
    """A key that the messenger gives: its name and label; `hidden` is typed like a password."""

    name: str
    label: Label
    hidden: bool = True


@dataclass(frozen=True, kw_only=True)
class Adapter:
    """A messenger. `document` says by which description it was built, and that it was tried against a fake only.

    `phone`: people are known there by their number, else by the messenger's own id of the chat (`cased`: in which
    capitals count). `send` hands over one message with its files. `me` asks who the bot is.
    `updates(access, offset, wait)` asks for what came in, waiting so many seconds where the messenger `waits` (None: it
    only calls). `hook` reads a call (None back: forged, or none of theirs). `hook_tell` tells the messenger our
    address, or "" to call no more. `fetch` gets a file. `pressed` tells that a button's press was taken.
    `caller(access, chat)` asks for the name of one who wrote, where it does not come along. `link(username, code)`
    opens a chat that begins with the code. `look_up` says what became of messages, or that they may be handed over
    again. `priced`: a message costs something; `proxied`: it may be reached through a proxy.
    """

    name: str
    label: Label
    icon: str
    document: str
    base_url: str
    fields: Sequence[SecretField]
    send: Callable[[Access, Outgoing, Sequence[Loaded]], Outcome]
    me: Callable[[Access], Me]
    updates: Callable[[Access, str, float], Came] | None = None
    hook: Callable[[Access, HookRequest], Came | None] | None = None
    hook_tell: Callable[[Access, str], None] | None = None
    fetch: Callable[[Access, Piece], bytes] | None = None
    pressed: Callable[[Access, str], None] | None = None
    caller: Callable[[Access, str], Me] | None = None
    link: Callable[[str, str], str] | None = None
    look_up: Callable[[Access, Sequence[Asked]], Sequence[Outcome]] | None = None
    waits: bool = True
    phone: bool = False
    cased: bool = False
    priced: bool = False
    proxied: bool = False
    order: int = 0


class NotNowError(Exception):
    """The messenger answered a question with something that is no answer; the text never holds a key."""


def ask(
    access: Access,
    path: str,
    *,
    plain: Any = None,
    body: bytes = b"",
    content_type: str = "",
    query: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
    method: str = "POST",
    timeout: float = TIMEOUT,
    most_read: int = MOST_READ,
    url: str = "",
) -> Answered:
    """One request of an adapter: JSON, a body of its own, or nothing but the address. `url` in place of the path is an
    address that the messenger itself gave.
    """
    if plain is not None:
        body, content_type = json.dumps(plain, ensure_ascii=False).encode(), "application/json"
    given = {
        "Accept": "application/json",
        **({"Content-Type": content_type} if content_type else {}),
        **(headers or {}),
    }
    found = f"{url or access.base_url.rstrip('/') + path}{'?' + urlencode(query) if query else ''}"
    return request(
        found, method=method, body=body, headers=given, timeout=timeout, most_read=most_read, proxy=access.proxy,
        proxy_login=access.secrets.get("proxy_login", ""),
    )  # fmt: skip


def read(answered: Answered) -> dict[str, Any]:
    """The JSON object of an answer; empty when it is none."""
    return _object(answered.raw)


def body_of(request: HookRequest) -> dict[str, Any]:
    """The JSON object that a hook was called with; empty where there is none."""
    return _object(request.body)


def _object(raw: bytes) -> dict[str, Any]:
    try:
        found = json.loads(raw.decode("utf-8", "replace") or "null")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def trouble(answered: Answered, id: int) -> Outcome | None:
    """What an answer means that is no answer of the messenger's own; None when it is one."""
    if answered.status is None:
        if answered.error in NOT_TAKEN:
            return Outcome(id, Said.AGAIN, code=answered.error, after=PAUSE)
        return Outcome(id, Said.UNKNOWN, code=answered.error)
    if answered.status == 429:
        return Outcome(id, Said.AGAIN, code="429", after=float(answered.retry_after or PAUSE))
    if answered.status >= 500:
        return Outcome(id, Said.UNKNOWN, code=str(answered.status))
    return None


def why(answered: Answered) -> str:
    """A few words on an answer that is none."""
    return str(answered.status or answered.error)


def part(outcome: Outcome, first: Outcome) -> Outcome:
    """What became of a message of which a part had been taken already: it is never begun again by itself."""
    if outcome.said == Said.SENT:
        return first
    return Outcome(
        outcome.id, Said.UNKNOWN, provider_id=first.provider_id, code=f"part:{outcome.code}"[:60], text=outcome.text
    )


def multipart(fields: Mapping[str, str], files: Mapping[str, Loaded]) -> tuple[bytes, str]:
    """A body of a form with files, and its type. Names are quoted, so that none begins another field."""
    border = secrets.token_hex(16)
    lines: list[bytes] = []
    for name, value in fields.items():
        lines += [
            f'--{border}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode(),
            value.encode(),
            b"\r\n",
        ]
    for name, one in files.items():
        shown = one.name.replace("\\", "_").replace('"', "'").replace("\r", " ").replace("\n", " ")
        kind = one.content_type if one.content_type.isascii() and "\n" not in one.content_type else ""
        head = (
            f'--{border}\r\nContent-Disposition: form-data; name="{name}"; filename="{shown}"\r\n'
            f"Content-Type: {kind or 'application/octet-stream'}\r\n\r\n"
        )
        lines += [head.encode("utf-8", "replace"), one.content, b"\r\n"]
    lines.append(f"--{border}--\r\n".encode())
    return b"".join(lines), f"multipart/form-data; boundary={border}"


def pieces(text: str, most: int) -> list[str]:
    """A text in parts of at most so many places of UTF-16, cut between lines or words where that is possible."""
    found: list[str] = []
    rest = text.strip()
    while _width(rest) > most:
        end = most
        while _width(rest[:end]) > most:
            end -= max(1, (_width(rest[:end]) - most) // 2)
        cut = max(rest.rfind("\n", end // 2, end), rest.rfind(" ", end // 2, end))
        cut = cut if cut > 0 else end
        found.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*found, rest] if rest else found


def _width(text: str) -> int:
    return len(text) + sum(letter > "\uffff" for letter in text)


def buttons_of(message: Outgoing) -> list[dict[str, str]]:
    """Answers to choose from, and addresses to open, as the message has them."""
    given = message.thread.get("buttons")
    rows = given if isinstance(given, list) else []
    return [
        {"text": str(one["text"])[:60], **({"url": str(one["url"])} if one.get("url") else {})}
        for one in rows[:12]
        if isinstance(one, dict) and str(one.get("text", "")).strip()
    ]


def words(value: object, most: int = 100_000) -> str:
    """What was given, if it is a text or a number; "" for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).replace("\x00", "")[:most]


def inside(value: object, *path: str) -> dict[str, Any]:
    """The object at that place, empty where there is none."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def rows(value: object) -> list[dict[str, Any]]:
    """The objects of a list; none of anything else."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def number(value: object) -> int:
    """A whole number, 0 for anything else."""
    text = words(value, 20)
    return int(text) if text.lstrip("-").isdecimal() and text.isascii() else 0


def place(latitude: object, longitude: object, name: str = "") -> str:
    """A place as words: its name, its coordinates, and a map of them; "" for what is no place."""
    try:
        north, east = float(words(latitude, 30)), float(words(longitude, 30))
    except ValueError:
        return ""
    if not (-90 <= north <= 90 and -180 <= east <= 180):
        return ""
    where = f"{north:.6f}, {east:.6f}"
    address = f"https://www.openstreetmap.org/?mlat={north:.6f}&mlon={east:.6f}#map=17/{north:.6f}/{east:.6f}"
    return "\n".join(one for one in (name, where, address) if one)
