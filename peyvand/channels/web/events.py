"""Events as browsers send them, read and cleaned: what is no event is left out, what is too long is cut, and nothing
that is written here is believed by anybody.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

MOST = 50  # events in a request
PAGE, CLICK, SEARCH, CART, PURCHASE, SUBMIT = "page", "click", "search", "cart", "purchase", "submit"
KINDS = frozenset({PAGE, CLICK, SEARCH, CART, PURCHASE, SUBMIT})
OWN = "track:"  # before the names of a site's own events
OLDEST = timedelta(days=7)
AHEAD = timedelta(minutes=5)  # so much a corrected time may lie ahead of us
LONGEST = {"url": 1000, "title": 300, "name": 34, "text": 500}
DATA_LONGEST = 4_000  # letters of an event's own data
_NAME = re.compile(r"[\w .:/-]{1,34}")
_WEB = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)


@dataclass(frozen=True)
class Event:
    """One event. `data` is JSON text; `kind` one of KINDS, or the site's own name behind OWN."""

    uid: UUID
    at: datetime
    kind: str
    url: str
    title: str
    data: str


@dataclass
class Batch:
    """A request's events; `refused` counts those that are none, by why."""

    mode: str
    token: str
    agreed: bool
    events: list[Event] = field(default_factory=list)
    refused: dict[str, int] = field(default_factory=dict)

    def refuse(self, why: str, many: int = 1) -> None:
        """Count what is not taken."""
        self.refused[why] = self.refused.get(why, 0) + many


class BrokenError(ValueError):
    """This is no request of the tracker."""


def read(body: bytes, *, now: datetime, agent: str = "") -> Batch:
    """The events of a request. BrokenError where it is none, or holds more than MOST."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BrokenError from error
    if not isinstance(said, dict) or not isinstance(said.get("e"), list) or len(said["e"]) > MOST:
        raise BrokenError
    token, mode = said.get("v"), said.get("m")
    if mode not in ("full", "cookieless") or not isinstance(token, str):
        raise BrokenError
    batch = Batch(mode, token, said.get("c") is True)
    skew = _skew(said.get("at"), now)
    around: dict[str, Any] | None = _around(said.get("p"), agent)
    for one in said["e"]:
        _take(batch, one, now=now, skew=skew, around=around)
        if batch.events:
            around = None  # it stands with the first one only
    return batch


def _skew(sent: object, now: datetime) -> timedelta:
    """How far the browser's clock is behind ours, by the moment at which it says that it sends."""
    moment = _moment(sent)
    return now - moment if moment is not None else timedelta()


def _moment(milliseconds: object) -> datetime | None:
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, int | float):
        return None
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _around(said: object, agent: str) -> dict[str, Any]:
    """What is so for all events of the request: language, screen, zone, how they came."""
    found = _plain(said, 0) if isinstance(said, dict) else {}
    return {**(found if isinstance(found, dict) else {}), "a": plain_text(agent, 300)}


def _take(batch: Batch, said: object, *, now: datetime, skew: timedelta, around: Mapping[str, Any] | None) -> None:
    if not isinstance(said, dict) or (uid := _uid(said.get("i"))) is None or (kind := _kind(said.get("k"))) is None:
        batch.refuse("broken")
        return
    typed = _moment(said.get("t"))
    try:
        at = typed + skew if typed is not None else now
    except OverflowError:
        batch.refuse("broken")
        return
    if at < now - OLDEST:
        batch.refuse("old")
        return
    if at > now:
        if at > now + AHEAD:
            batch.refuse("future")
        at = now
    data = _plain(said.get("d"), 0)
    if not isinstance(data, dict):
        data = {}
    text = as_json({**data, "_": around} if around else data)
    if len(text) > DATA_LONGEST:
        text = as_json({"_": around, "cut": True} if around else {"cut": True})
        text = text if len(text) <= DATA_LONGEST else "{}"
    batch.events.append(
        Event(uid, at, kind, web_address(said.get("u")), plain_text(said.get("n"), LONGEST["title"]), text)
    )


def _uid(said: object) -> UUID | None:
    """Sixteen bytes as URL-safe base64."""
    if not isinstance(said, str) or len(said) != 22:
        return None
    try:
        return UUID(bytes=base64.urlsafe_b64decode(said + "=="))
    except (binascii.Error, ValueError):
        return None


def _kind(said: object) -> str | None:
    if not isinstance(said, str):
        return None
    if said in KINDS:
        return said
    name = said.removeprefix(OWN)
    return f"{OWN}{name}" if said.startswith(OWN) and _NAME.fullmatch(name) else None


def plain_text(said: object, longest: int) -> str:
    """A text as it can be kept; "" for what is none."""
    if not isinstance(said, str):
        return ""
    text = said[:longest]
    if not text.isascii():
        text = text.encode("utf-8", "ignore").decode()  # half a letter is none
    return text.replace("\x00", "")


def web_address(said: object) -> str:
    """An address of a page; "" for anything that is no http address, as javascript:…"""
    text = plain_text(said, LONGEST["url"])
    return text if _WEB.fullmatch(text) else ""


def _plain(said: object, depth: int) -> Any:
    """JSON as PostgreSQL can keep it, bounded in every direction."""
    if isinstance(said, str):
        return plain_text(said, LONGEST["text"])
    if said is None or isinstance(said, bool):
        return said
    if isinstance(said, int):
        return said if abs(said) < 10**15 else None
    if isinstance(said, float):
        return said if abs(said) < 1e15 else None  # neither endless nor no number
    if depth > 3:
        return None
    if isinstance(said, list):
        return [_plain(one, depth + 1) for one in said[:50]]
    if isinstance(said, dict):
        return {plain_text(key, 40): _plain(one, depth + 1) for key, one in list(said.items())[:30]}
    return None


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def copied(event: Event, *, site_id: int, demo: bool, visitor: str, kept: bool) -> str:
    """The event as a line of COPY (web_event: uid, at, site_id, demo, visitor, kept, kind, url, title, data)."""
    return (
        f"{event.uid}\t{event.at.isoformat()}\t{site_id}\t{'t' if demo else 'f'}\t{visitor}\t{'t' if kept else 'f'}\t"
        f"{_escaped(event.kind)}\t{_escaped(event.url)}\t{_escaped(event.title)}\t{_escaped(event.data)}\n"
    )


_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _escaped(text: str) -> str:
    return text.translate(_ESCAPES)
