"""What goes into this room's verbs and comes out of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from peyvand.channels.conversations.data import ReceivedFile
from peyvand.channels.sites.models import Site
from peyvand.channels.webchat.models import Widget


@dataclass(frozen=True, kw_only=True)
class WidgetData:
    """A widget as it is to be; see models.Widget. `openings` are pairs of Persian and English."""

    title_fa: str = ""
    title_en: str = ""
    greeting_fa: str = ""
    greeting_en: str = ""
    away_fa: str = ""
    away_en: str = ""
    accent: str = "#0b7570"
    position: str = "end"
    ask_name: str = "may"
    ask_email: str = "no"
    ask_phone: str = "no"
    openings: Sequence[tuple[str, str]] = ()
    by_hours: bool = True
    hours_id: int | None = None
    remembers: bool = True
    mails: bool = True
    active: bool = True


@dataclass(frozen=True)
class Place:
    """Where a visitor speaks from: a site with its widget, the token that their browser holds, what it says of itself.

    `page` and `title` are what the browser says it shows: words of a stranger.
    """

    site: Site
    widget: Widget
    token: str
    language: str = ""
    agent: str = ""
    page: str = ""
    title: str = ""


@dataclass(frozen=True)
class Written:
    """What a visitor writes. `client_id` is their browser's own name of it: written twice, it is kept once."""

    client_id: str
    text: str = ""
    files: Sequence[ReceivedFile] = ()


@dataclass(frozen=True)
class Intro:
    """What a visitor says of themselves before a chat. It proves nothing."""

    name: str = ""
    email: str = ""
    phone: str = ""
    remember: bool = False


@dataclass(frozen=True)
class Shown:
    """A line as a browser gets it; see models.Line for the kinds. `by` is who of us said it, "" for the visitor."""

    seq: int
    kind: str
    text: str
    at: float
    by: str = ""
    client_id: str = ""
    data: Mapping[str, object] = field(default_factory=dict)
    files: Sequence[Mapping[str, object]] = ()

    def as_plain(self) -> dict[str, object]:
        """As it goes over the wire."""
        plain: dict[str, object] = {"seq": self.seq, "kind": self.kind, "text": self.text, "at": self.at}
        for name, value in (("by", self.by), ("id", self.client_id), ("data", self.data), ("files", self.files)):
            if value:
                plain[name] = value
        return plain


@dataclass(frozen=True, kw_only=True)
class RoomData:
    """A room as it is to be; see models.Room."""

    name: str
    topic: str = ""
    slow_seconds: int = 0
    by_hours: bool = False
    hours_id: int | None = None
    closed: bool = False
    experts: Sequence[int] = ()
