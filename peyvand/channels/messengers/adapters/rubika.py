"""Rubika bots (rubika.ir/botapi, v3, as read in 2026-11): POST /v3/{token}/{method}, {"status": "OK", "data": …}.

The token stands in the path, so no address is ever logged or shown. Capitals count in the ids of chats. Nothing signs
the calls of its hook: the address itself is the secret. A shared contact does not say whose it is: it proves nothing.
"""

from __future__ import annotations

import mimetypes
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from peyvand.channels.messengers.adapters.base import (
    FILE_TIMEOUT,
    LONG_PAUSE,
    MOST_FILE,
    NAME_LENGTH,
    PAUSE,
    Access,
    Adapter,
    Came,
    Contact,
    Heard,
    Loaded,
    Me,
    NotNowError,
    Piece,
    SecretField,
    ask,
    body_of,
    buttons_of,
    inside,
    multipart,
    number,
    part,
    pieces,
    place,
    read,
    rows,
    trouble,
    why,
    words,
)
from peyvand.channels.outreach.declarations import HookRequest, Outcome, Outgoing, Said
from peyvand.channels.outreach.models import Reason
from peyvand.foundation.outside.requesting import Outcome as Answered

LONGEST = 4_000
AT_ONCE = 100
OK = "OK"
_MEND = frozenset({"INVALID_ACCESS", "NOT_REGISTERED", "INVALID_AUTH"})
_BUSY = frozenset({"TOO_REQUESTS", "TOO_REQUEST"})
_ENDPOINTS = ("ReceiveUpdate", "ReceiveInlineMessage")


def _ask(access: Access, method: str, given: dict[str, Any]) -> Answered:
    return ask(access, f"/v3/{access.secrets.get('token', '')}/{method}", plain=given)


def _call(access: Access, method: str, given: dict[str, Any]) -> dict[str, Any]:
    answered = _ask(access, method, given)
    answer = read(answered)
    if answer.get("status") != OK:
        raise NotNowError(words(answer.get("status"), 60) or why(answered))
    return inside(answer, "data")


# ── speaking ──────────────────────────────────────────────────────────────


def send(access: Access, message: Outgoing, files: Sequence[Loaded]) -> Outcome:
    """The text in parts, then each file; answers to choose from hang under the last."""
    links = [f"{one['text']}: {one['url']}" for one in buttons_of(message) if "url" in one]
    calls: list[tuple[str, dict[str, Any]]] = [
        ("sendMessage", {"chat_id": message.to, "text": one})
        for one in pieces("\n".join([message.text, *links]), LONGEST)
    ]
    for one in files:
        ref, refused = _uploaded(access, message.id, one)
        if refused is not None:
            return refused
        calls.append(("sendFile", {"chat_id": message.to, "file_id": ref}))
    if not calls:
        return Outcome(message.id, Said.FAILED, code="empty")
    if keys := [one["text"] for one in buttons_of(message) if "url" not in one]:
        lines = [{"buttons": [{"id": str(at), "type": "Simple", "button_text": one}]} for at, one in enumerate(keys)]
        calls[-1][1].update(
            chat_keypad_type="New",
            chat_keypad={"rows": lines, "resize_keyboard": True, "on_time_keyboard": True},
        )
    first: Outcome | None = None
    for method, given in calls:
        outcome = _outcome(message.id, _ask(access, method, given))
        if first is not None:
            outcome = part(outcome, first)
        if outcome.said != Said.SENT:
            return outcome
        first = first or outcome
    return first or Outcome(message.id, Said.FAILED, code="empty")


def _uploaded(access: Access, id: int, one: Loaded) -> tuple[str, Outcome | None]:
    """A place for the file is asked for, then it is put there. Nothing has been said to anybody by that."""
    kind = "Image" if one.content_type in ("image/jpeg", "image/png") else "File"
    answered = _ask(access, "requestSendFile", {"type": kind})
    url = words(inside(read(answered), "data").get("upload_url"), 2_000)
    if url:
        body, content_type = multipart({}, {"file": one})
        answered = ask(access, "", url=url, body=body, content_type=content_type, timeout=FILE_TIMEOUT)
        if ref := words(inside(read(answered), "data").get("file_id"), 400):
            return ref, None
    refused = _outcome(id, answered)
    said = Said.FAILED if refused.said == Said.FAILED else Said.AGAIN
    return "", Outcome(id, said, code=f"upload:{refused.code}"[:60], text=refused.text, after=refused.after or PAUSE)


def _outcome(id: int, answered: Answered) -> Outcome:
    answer = read(answered)
    status = words(answer.get("status"), 60)
    if status == OK:
        return Outcome(id, Said.SENT, provider_id=words(inside(answer, "data").get("message_id"), 60))
    if status in _BUSY:
        return Outcome(id, Said.AGAIN, code=status, after=PAUSE)
    if status in _MEND or answered.status in (401, 403):
        return Outcome(id, Said.AGAIN, code=status or str(answered.status), after=LONG_PAUSE)
    if (found := trouble(answered, id)) is not None:
        return found
    said = words(answer.get("dev_message"), 300)
    if status == "INVALID_INPUT" and "chat" in said.lower():
        return Outcome(id, Said.FAILED, code="no-chat", text=said, suppress=Reason.HARD_BOUNCE)
    refused = bool(status) or 400 <= (answered.status or 0) < 500
    return Outcome(id, Said.FAILED if refused else Said.UNKNOWN, code=status or str(answered.status), text=said)


# ── hearing ───────────────────────────────────────────────────────────────


def updates(access: Access, offset: str, wait: float) -> Came:
    """What came since; Rubika answers at once."""
    given: dict[str, Any] = {"limit": AT_ONCE, **({"offset_id": offset} if offset else {})}
    data = _call(access, "getUpdates", given)
    return _came(rows(data.get("updates")), offset=words(data.get("next_offset_id"), 100))


def hook(access: Access, request: HookRequest) -> Came | None:
    """An update, or the press of a button that hung on a message."""
    body = body_of(request)
    if request.method != "POST":
        return None
    if pressed := inside(body, "inline_message"):
        return Came(heard=[one] if (one := _inline(pressed)) else [])
    update = inside(body, "update")
    return _came([update]) if update else None


def _came(found: Sequence[dict[str, Any]], *, offset: str = "") -> Came:
    heard, gone, back = [], [], []
    for update in found:
        kind, chat = words(update.get("type"), 40), words(update.get("chat_id"), 100)
        if not chat or chat[:1] in ("g", "c"):  # groups and channels
            continue
        if kind == "StoppedBot":
            gone.append(chat)
        elif kind == "StartedBot":
            back.append(chat)
        elif kind in ("NewMessage", "UpdatedMessage") and (one := _written(update, chat, kind == "UpdatedMessage")):
            heard.append(one)
    return Came(heard=heard, gone=gone, back=back, offset=offset)


def _written(update: dict[str, Any], chat: str, edited: bool) -> Heard | None:
    message = inside(update, "updated_message" if edited else "new_message")
    name = words(message.get("message_id"), 100)
    if not name or words(message.get("sender_type")) not in ("", "User"):
        return None
    text, at = words(message.get("text")), number(message.get("time"))
    start = words(inside(message, "aux_data").get("start_id"), 64)
    begins = bool(start) or text == "/start" or text.startswith("/start ")
    return Heard(
        id=f"{chat}:{name}{f':{hash_of(text)}' if edited else ''}", chat=chat, edited=edited,
        at=datetime.fromtimestamp(at, UTC) if 0 < at < 4_000_000_000 else None, files=_pieces_of(message),
        text="\n".join(one for one in (text, _other(message)) if one), contact=_contact(message),
        start=(start or text[6:].strip()[:64]) if begins and not edited else None,
    )  # fmt: skip


def hash_of(text: str) -> str:
    """What tells one wording of a changed message from the next; Rubika gives no time of the change."""
    return format(zlib.crc32(text.encode("utf-8", "surrogatepass")), "08x")


def _inline(pressed: dict[str, Any]) -> Heard | None:
    chat, name = words(pressed.get("chat_id"), 100), words(pressed.get("message_id"), 100)
    if not chat or not name:
        return None
    button = words(inside(pressed, "aux_data").get("button_id"), 60)
    text = words(pressed.get("text"), 200) or button
    return Heard(id=f"press:{chat}:{name}:{button}:{words(pressed.get('time'), 20)}", chat=chat, text=text)


def _pieces_of(message: dict[str, Any]) -> list[Piece]:
    one = inside(message, "file")
    ref = words(one.get("file_id"), 400)
    name = words(one.get("file_name"), 255) or "file"
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return [Piece(ref, name, kind, max(0, number(one.get("size"))))] if ref else []


def _other(message: dict[str, Any]) -> str:
    if at := inside(message, "location"):
        return place(at.get("latitude"), at.get("longitude"))
    if sticker := inside(message, "sticker"):
        return words(sticker.get("emoji_character"), 20) or "🙂"
    if (contact := _contact(message)) is not None:
        return f"{contact.name} {contact.phone}".strip()
    return "[poll]" if inside(message, "poll") else ""


def _contact(message: dict[str, Any]) -> Contact | None:
    one = inside(message, "contact_message")
    name = f"{words(one.get('first_name'), 100)} {words(one.get('last_name'), 100)}".strip()
    return Contact(words(one.get("phone_number"), 40), name[:NAME_LENGTH], own=False) if one else None


def fetch(access: Access, piece: Piece) -> bytes:
    """A file's bytes, from where the messenger says that it lies. NotNowError; ValueError for one that is too large."""
    url = words(_call(access, "getFile", {"file_id": piece.ref}).get("download_url"), 2_000)
    if not url:
        raise NotNowError("download_url")
    answered = ask(access, "", url=url, method="GET", timeout=FILE_TIMEOUT, most_read=MOST_FILE + 1)
    if len(answered.raw) > MOST_FILE:
        raise ValueError("too-large")
    if not answered.taken or not answered.whole:
        raise NotNowError(why(answered))
    return answered.raw


def caller(access: Access, chat: str) -> Me:
    """Who writes in a chat; messages do not bring the name."""
    found = inside(_call(access, "getChat", {"chat_id": chat}), "chat")
    name = f"{words(found.get('first_name'), 100)} {words(found.get('last_name'), 100)}".strip()
    return Me((name or words(found.get("title"), 100))[:NAME_LENGTH], words(found.get("username"), 60))


def me(access: Access) -> Me:
    """getMe: whether address and token are right."""
    found = inside(_call(access, "getMe", {}), "bot")
    return Me(words(found.get("bot_title"), NAME_LENGTH), words(found.get("username"), 60))


def hook_tell(access: Access, url: str) -> None:
    """updateBotEndpoints with our address, for messages and for buttons."""
    for kind in _ENDPOINTS:
        _call(access, "updateBotEndpoints", {"url": url, "type": kind})


RUBIKA = Adapter(
    name="rubika", label=_("Rubika"), icon="message-circle", document="rubika.ir/botapi, v3 (2026-11)",
    base_url="https://botapi.rubika.ir", fields=(SecretField("token", _("Token of the bot")),), send=send, me=me,
    updates=updates, hook=hook, hook_tell=hook_tell, fetch=fetch, caller=caller, cased=True, waits=False, order=60,
)  # fmt: skip
