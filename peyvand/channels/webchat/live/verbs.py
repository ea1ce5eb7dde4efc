"""What a browser may say, whichever way it comes: one frame in, frames out. Every value of a frame is a stranger's."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from peyvand.channels.conversations.data import ReceivedFile
from peyvand.channels.conversations.waking import wake_typing
from peyvand.channels.sites.edge import Limits
from peyvand.channels.webchat import queries, services
from peyvand.channels.webchat.data import Intro, Place, Written
from peyvand.channels.webchat.errors import InvalidError, RefusedError
from peyvand.channels.webchat.live.hub import Window
from peyvand.channels.webchat.models import Chat, Room
from peyvand.foundation.registry.actor import system_actor

logger = logging.getLogger(__name__)

Frame = dict[str, Any]
Verb = Callable[[Window, Mapping[str, Any]], list[Frame]]
LANGUAGES = ("fa", "en")
WRITING = Limits(per_second=0.7, burst=20)  # of one visitor
BEGINNING = Limits(per_second=0.5, burst=60)  # of one address
ASKING = Limits(per_second=0.1, burst=6)  # codes and transcripts of one visitor


def text_in(frame: Mapping[str, Any], name: str, most: int) -> str:
    """A text of the frame, "" for anything else."""
    value = frame.get(name)
    return value[:most] if isinstance(value, str) else ""


def number_in(frame: Mapping[str, Any], name: str) -> int:
    """A number of the frame that can be an id or a place, 0 for anything else."""
    value = frame.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31 else 0


def placed(place: Place, frame: Mapping[str, Any]) -> Place:
    """The place with what the browser says of itself."""
    language = text_in(frame, "lang", 2)
    return replace(
        place, language=language if language in LANGUAGES else place.site.language,
        page=text_in(frame, "page", 500), title=text_in(frame, "title", 200),
    )  # fmt: skip


def handle(window: Window, frame: Mapping[str, Any]) -> list[Frame]:
    """Do what a frame says; gives what is answered to it. What is no frame of ours is passed over."""
    verb = VERBS.get(text_in(frame, "t", 20))
    if verb is None:
        return []
    about: Frame = {"t": "no", "of": text_in(frame, "t", 20), "id": text_in(frame, "id", 40)}
    with translation.override(window.place.language or window.place.site.language):
        try:
            return verb(window, frame)
        except RefusedError as error:
            return [{**about, "code": error.code, "why": str(error.text)}]
        except InvalidError as error:
            return [{**about, "code": "fields", "errors": {name: str(text) for name, text in error.errors.items()}}]
        except Exception:
            logger.exception("a frame of a chat could not be handled")
            return [{**about, "code": "fault", "why": _("This did not work. Try again in a moment.")}]


def hello(window: Window, frame: Mapping[str, Any]) -> list[Frame]:
    """The first frame: what the window lacks, and how the chat stands. Nothing is made of a token that is new."""
    place = window.place
    chat = services.chat_found(place)
    last = number_in(frame, "last")
    opened, back = queries.widget_open(place.widget)
    answer: Frame = {
        "t": "welcome", "seq": 0, "lines": [], "read": 0, "seen": 0, "open": opened,
        "back": back.timestamp() if back else 0,
        "intro": services.lacking(place.widget, chat.visitor if chat else None),
        "rooms": queries.site_rooms(place.site), "mail": bool(chat and chat.visitor.claims.get("email")),
        "known": bool(chat and (chat.visitor.claims or chat.visitor.customer_id)),
    }  # fmt: skip
    if chat is not None:
        window.chat_id = chat.pk
        last = last if last <= chat.last_seq else 0
        lines = queries.lines_of(chat_id=chat.pk, after=last)
        window.sent = max([window.sent, last, *(one.seq for one in lines)])
        if chat.conversation_id is not None:
            window.seen = queries.staff_read(chat_id=chat.pk, conversation_id=chat.conversation_id)
            window.typing = queries.staff_typing([chat.conversation_id]).get(chat.conversation_id, "")
        services.came(chat=chat, page=place.page, title=place.title)
        answer |= {
            "seq": chat.last_seq, "lines": [one.as_plain() for one in lines], "read": chat.read_seq,
            "seen": window.seen, "typing": window.typing,
        }  # fmt: skip
    return [answer]


def _chat(window: Window) -> Chat | None:
    chat = services.chat_found(window.place)
    window.chat_id = chat.pk if chat is not None else None
    return chat


def _chat_id(window: Window) -> int | None:
    if window.chat_id is None:  # it may have begun in another window
        _chat(window)
    return window.chat_id


def _begins(window: Window) -> None:
    """Whoever has no chat yet begins one, unless too many begin from the same address."""
    if window.chat_id is None and _chat(window) is None and not BEGINNING.takes(window.address):
        raise RefusedError(_("Too many chats begin here at once. Try again in a moment."), "often")


def _paced(window: Window, limits: Limits) -> None:
    if not limits.takes(window.key):
        raise RefusedError(_("One moment: this goes too fast."), "often")


def _say(window: Window, frame: Mapping[str, Any]) -> list[Frame]:
    _begins(window)
    _paced(window, WRITING)
    written = Written(text_in(frame, "id", 40), text_in(frame, "text", 8_000))
    return [told(window, written)]


def told(window: Window, written: Written) -> Frame:
    """Keep what was written; gives the word that it is kept."""
    line = services.write(place=window.place, written=written)
    window.chat_id = line.chat_id
    return {"t": "ok", "id": written.client_id, "seq": line.seq, "entry": line.entry_id, "at": line.at.timestamp()}


def handle_file(window: Window, client_id: str, file: ReceivedFile) -> Frame:
    """Keep a file that was sent; gives the word that it is kept, or why not."""
    with translation.override(window.place.language or window.place.site.language):
        try:
            _begins(window)
            _paced(window, WRITING)
            return told(window, Written(client_id, "", [file]))
        except RefusedError as error:
            return {"t": "no", "of": "file", "id": client_id, "code": error.code, "why": str(error.text)}


def _typing(window: Window, frame: Mapping[str, Any]) -> list[Frame]:
    if (chat_id := _chat_id(window)) is not None:
        talk = Chat.objects.filter(pk=chat_id).values_list("conversation_id", flat=True).first()
        if talk is not None:
            wake_typing(talk, typing=frame.get("on") is True)
    return []


def _ack(window: Window, frame: Mapping[str, Any]) -> list[Frame]:
    if (chat_id := _chat_id(window)) is not None:
        services.delivered(chat_id=chat_id, seq=number_in(frame, "seq"))
    return []


def _read(window: Window, frame: Mapping[str, Any]) -> list[Frame]:
    if (chat_id := _chat_id(window)) is not None:
        services.read(chat_id=chat_id, seq=number_in(frame, "seq"))
    return []


def _page(window: Window, frame: Mapping[str, Any]) -> list[Frame]:
    window.place = placed(window.place, {**frame, "lang": window.place.language})
    chat = _chat(window)
    if chat is not None:
        services.came(chat=chat, page=window.place.page, title=window.place.title)
    return []


def _intro(window: Window, frame: Mapping[str, Any]) -> list[Frame]:
    _begins(window)
    given = Intro(
        text_in(frame, "name", 200), text_in(frame, "email", 254), text_in(frame, "phone", 40),
        remember=frame.get("remember") is True,
    )  # fmt: skip
    chat = services.introduce(place=window.place, intro=given)
    window.chat_id = chat.pk
    return [{"t": "known", "mail": bool(chat.visitor.claims.get("email"))}]


def _rate(window: Window, frame: Mapping[str, Any]) -> list[Frame]:
    if _chat(window) is None or window.chat_id is None:
        raise RefusedError(_("Nothing was asked here."), "seq")
    stars, seq = number_in(frame, "stars"), number_in(frame, "seq")
    services.rate(chat_id=window.chat_id, seq=seq, stars=stars, words=text_in(frame, "words", 500))
    return []


def _transcript(window: Window, frame: Mapping[str, Any]) -> list[Frame]:
    chat = _chat(window)
    if chat is None:
        raise RefusedError(_("Nothing has been said yet."), "empty")
    _paced(window, ASKING)
    services.transcript(actor=system_actor(demo=chat.demo), chat=chat, email=text_in(frame, "email", 254))
    return [{"t": "mailed"}]


def _elsewhere(window: Window, frame: Mapping[str, Any]) -> list[Frame]:
    _begins(window)
    _paced(window, ASKING)
    chat = services.chat_begun(window.place)
    window.chat_id = chat.pk
    return [{"t": "code", **services.elsewhere(chat=chat)}]


# ── rooms ─────────────────────────────────────────────────────────────────


def _room(window: Window, frame: Mapping[str, Any]) -> list[Frame]:
    """Look into a room, from the last change that one has; 0 leaves."""
    room = Room.objects.filter(pk=number_in(frame, "room"), site=window.place.site).first()
    window.room_id, window.room_sent = (room.pk, number_in(frame, "last")) if room is not None else (None, 0)
    if room is None:
        return []
    lines = queries.room_lines(room, after=window.room_sent)
    window.room_sent = max([room.last_seq, *(int(str(one["seq"])) for one in lines)])
    return [{"t": "room", "room": queries.room_state(room), "lines": lines, "me": _me(window, room.pk)}]


def _me(window: Window, room_id: int) -> Frame:
    guest = queries.room_guest(room_id=room_id, key=window.key)
    return {"name": guest.name, "guest": guest.pk} if guest is not None else {}


def _enter(window: Window, frame: Mapping[str, Any]) -> list[Frame]:
    _begins(window)
    room_id = number_in(frame, "room")
    services.enter(place=window.place, room_id=room_id, name=text_in(frame, "name", 60))
    return [{"t": "me", "room": room_id, "me": _me(window, room_id)}]


def _room_say(window: Window, frame: Mapping[str, Any]) -> list[Frame]:
    _paced(window, WRITING)
    client_id = text_in(frame, "id", 40)
    line = services.room_write(
        place=window.place, room_id=number_in(frame, "room"), client_id=client_id, text=text_in(frame, "text", 4_000)
    )  # fmt: skip
    return [{"t": "ok", "id": client_id, "line": line.pk}]


def _report(window: Window, frame: Mapping[str, Any]) -> list[Frame]:
    services.line_report(place=window.place, room_id=number_in(frame, "room"), line_id=number_in(frame, "line"))
    return [{"t": "reported", "line": number_in(frame, "line")}]


VERBS: Mapping[str, Verb] = {
    "hello": hello, "say": _say, "typing": _typing, "ack": _ack, "read": _read, "page": _page, "intro": _intro,
    "rate": _rate, "transcript": _transcript, "elsewhere": _elsewhere, "room": _room, "enter": _enter,
    "room-say": _room_say, "report": _report,
}  # fmt: skip
