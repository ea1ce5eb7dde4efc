"""The Telegram Bot protocol: Telegram (core.telegram.org/bots/api, Bot API 9.x, as read in 2026-11) and Bale, which
speaks the same at another address (docs.bale.ai, as read in 2026-11).

The token stands in the path, so no address is ever logged or shown. A message has no id of ours and can't be asked
for. Telegram repeats the hook's secret in a header of each call; Bale has none, so there the address itself is the
secret. Of what a private chat brings everything is taken; groups and channels are passed over.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext_lazy as _

from peyvand.channels.messengers.adapters.base import (
    FILE_TIMEOUT,
    LONG_PAUSE,
    MOST_FILE,
    NAME_LENGTH,
    PAUSE,
    TIMEOUT,
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

LONGEST, CAPTION = 4_000, 1_000  # places; the document allows 4,096 and 1,024
DATA = 64  # bytes of what a button says when it is pressed
HEADER = "x-telegram-bot-api-secret-token"
KINDS = ["message", "edited_message", "callback_query", "my_chat_member"]
AT_ONCE = 100
_IMAGES = frozenset({"image/jpeg", "image/png", "image/webp"})
_GONE = ("chat not found", "user is deactivated", "peer_id_invalid", "user not found", "bot can't initiate")
# What carries a file: its name in an update, what the file is called without a name, its type without one
_FILES = (
    ("document", "file", "application/octet-stream"),
    ("voice", "voice.ogg", "audio/ogg"),
    ("audio", "audio.mp3", "audio/mpeg"),
    ("video", "video.mp4", "video/mp4"),
    ("video_note", "video.mp4", "video/mp4"),
    ("animation", "animation.mp4", "video/mp4"),
)


def _path(access: Access, method: str) -> str:
    return f"/bot{access.secrets.get('token', '')}/{method}"


def _call(access: Access, method: str, given: dict[str, Any], *, timeout: float = TIMEOUT) -> dict[str, Any]:
    """One question; NotNowError with the messenger's words when it is not answered."""
    answered = ask(access, _path(access, method), plain=given, timeout=timeout)
    answer = read(answered)
    if not answer.get("ok"):
        raise NotNowError(f"{why(answered)} {words(answer.get('description'), 200)}".strip())
    return answer


# ── speaking ──────────────────────────────────────────────────────────────


def send(access: Access, message: Outgoing, files: Sequence[Loaded]) -> Outcome:
    """The text, in parts where it is long, and the files; a short text goes as the caption of the only file."""
    chat: int | str = int(message.to) if message.to.lstrip("-").isdecimal() else message.to
    texts = pieces(message.text, LONGEST)
    caption = texts[0] if len(files) == 1 and len(texts) == 1 and len(pieces(message.text, CAPTION)) == 1 else ""
    calls: list[tuple[str, dict[str, Any], Loaded | None]] = []
    if not caption:
        calls += [("sendMessage", {"chat_id": chat, "text": one}, None) for one in texts]
    calls += [_file_call(chat, one, caption) for one in files]
    if not calls:
        return Outcome(message.id, Said.FAILED, code="empty")
    if markup := _markup(message):
        calls[-1][1]["reply_markup"] = markup
    first: Outcome | None = None
    for method, given, loaded in calls:
        outcome = _one(access, message.id, method, given, loaded)
        if first is not None:
            outcome = part(outcome, first)
        if outcome.said != Said.SENT:
            return outcome
        first = first or outcome
    return first or Outcome(message.id, Said.FAILED, code="empty")


def _file_call(chat: int | str, one: Loaded, caption: str) -> tuple[str, dict[str, Any], Loaded]:
    method = "sendPhoto" if one.content_type in _IMAGES and len(one.content) < 10 * 2**20 else "sendDocument"
    return method, {"chat_id": chat, **({"caption": caption} if caption else {})}, one


def _one(access: Access, id: int, method: str, given: dict[str, Any], loaded: Loaded | None) -> Outcome:
    if loaded is None:
        return _outcome(id, ask(access, _path(access, method), plain=given))
    fields = {name: json.dumps(value) if isinstance(value, dict) else str(value) for name, value in given.items()}
    body, kind = multipart(fields, {"photo" if method == "sendPhoto" else "document": loaded})
    return _outcome(id, ask(access, _path(access, method), body=body, content_type=kind, timeout=FILE_TIMEOUT))


def _markup(message: Outgoing) -> dict[str, Any]:
    """Answers to choose from and addresses to open, or the button that shares one's own number."""
    if label := words(message.thread.get("ask_contact"), 60):
        shared = [[{"text": label, "request_contact": True}]]
        return {"keyboard": shared, "resize_keyboard": True, "one_time_keyboard": True}
    found = [
        [{"text": one["text"], **({"url": one["url"]} if "url" in one else {"callback_data": _data(one["text"])})}]
        for one in buttons_of(message)
    ]
    return {"inline_keyboard": found} if found else {}


def _data(text: str) -> str:
    return text.encode()[:DATA].decode("utf-8", "ignore")


def _outcome(id: int, answered: Answered) -> Outcome:
    answer = read(answered)
    said = words(answer.get("description"), 300)
    if answer.get("ok"):
        return Outcome(id, Said.SENT, provider_id=words(inside(answer, "result").get("message_id"), 60))
    after = number(inside(answer, "parameters").get("retry_after"))
    if answered.status == 429:
        return Outcome(id, Said.AGAIN, code="429", text=said, after=float(after or answered.retry_after or PAUSE))
    if (found := trouble(answered, id)) is not None:
        return found
    code = number(answer.get("error_code")) or answered.status or 0
    if code == 401 or (code == 404 and not _gone(said)):  # the token, or its form: a person has to mend it
        return Outcome(id, Said.AGAIN, code=str(code), text=said, after=LONG_PAUSE)
    if _gone(said):
        return Outcome(id, Said.FAILED, code="no-chat", text=said, suppress=Reason.HARD_BOUNCE)
    if code == 403:
        return Outcome(id, Said.FAILED, code="blocked", text=said, suppress=Reason.OPT_OUT)
    return Outcome(id, Said.FAILED if 400 <= code < 500 else Said.UNKNOWN, code=str(code), text=said)


def _gone(said: str) -> bool:
    return any(one in said.lower() for one in _GONE)


# ── hearing ───────────────────────────────────────────────────────────────


def updates(access: Access, offset: str, wait: float) -> Came:
    """What came since, waiting for it; asking with an offset lets the messenger forget what is below."""
    given: dict[str, Any] = {"timeout": int(wait), "limit": AT_ONCE, "allowed_updates": KINDS}
    if offset:
        given["offset"] = number(offset)
    found = rows(_call(access, "getUpdates", given, timeout=wait + TIMEOUT).get("result"))
    top = max((number(one.get("update_id")) for one in found), default=0)
    return _came(access, found, offset=str(top + 1) if found else "")


def hook_telegram(access: Access, request: HookRequest) -> Came | None:
    """A call of Telegram's, believed by the secret in its header."""
    given = request.headers.get(HEADER, "")
    if not access.header or not hmac.compare_digest(given.encode(), access.header.encode()):
        return None
    return hook_bale(access, request)


def hook_bale(access: Access, request: HookRequest) -> Came | None:
    """A call of Bale's: its address is its secret."""
    update = body_of(request)
    if request.method != "POST" or not number(update.get("update_id")):
        return None
    return _came(access, [update])


def _came(access: Access, found: Sequence[dict[str, Any]], *, offset: str = "") -> Came:
    heard: list[Heard] = []
    gone: list[str] = []
    back: list[str] = []
    for update in found:
        member = inside(update, "my_chat_member")
        if member:
            if inside(member, "chat").get("type") == "private":
                status = words(inside(member, "new_chat_member").get("status"))
                chat = words(inside(member, "chat").get("id"), 60)
                (gone if status in ("kicked", "left") else back).append(chat)
            continue
        press = inside(update, "callback_query")
        one = _pressed(press) if press else _written(update)
        if one is not None:
            heard.append(one)
    return Came(heard=heard, gone=gone, back=back, offset=offset)


def _pressed(press: dict[str, Any]) -> Heard | None:
    """A pressed button: what stood on it is what they say."""
    message, sender = inside(press, "message"), inside(press, "from")
    chat = inside(message, "chat") or {"id": sender.get("id"), "type": "private"}
    if chat.get("type", "private") != "private" or not words(chat.get("id")):
        return None
    data = words(press.get("data"), 200)
    keys = inside(message, "reply_markup").get("inline_keyboard")
    shown = next(
        (
            words(key.get("text"), 200)
            for line in (keys if isinstance(keys, list) else [])
            for key in rows(line)
            if key.get("callback_data") == data
        ),
        data,
    )
    number_of = words(press.get("id"), 100)
    return Heard(
        id=f"press:{number_of}", chat=words(chat.get("id"), 60), text=shown, press=number_of, **_who(sender)
    )  # fmt: skip


def _who(sender: dict[str, Any]) -> dict[str, Any]:
    name = f"{words(sender.get('first_name'), 100)} {words(sender.get('last_name'), 100)}".strip()
    return {
        "name": name[:NAME_LENGTH], "username": words(sender.get("username"), 60),
        "language": words(sender.get("language_code"), 8)[:2].lower(),
    }  # fmt: skip


def _written(update: dict[str, Any]) -> Heard | None:
    edited = "edited_message" in update
    message = inside(update, "edited_message") or inside(update, "message")
    chat, sender = inside(message, "chat"), inside(message, "from")
    if chat.get("type") != "private" or not words(chat.get("id")) or sender.get("is_bot"):
        return None
    date, changed = number(message.get("date")), number(message.get("edit_date"))
    given = words(chat.get("id"), 60)
    name = f"{given}:{number(message.get('message_id'))}:{date}{f':{changed}' if edited else ''}"
    text = words(message.get("text")) or words(message.get("caption"))
    begins = text == "/start" or text.startswith("/start ")
    return Heard(
        id=name, chat=given, at=_moment(changed if edited else date), edited=edited, files=_pieces_of(message),
        text="\n".join(one for one in (text, _other(message)) if one), contact=_contact(message, sender),
        start=text[6:].strip()[:64] if begins and not edited else None, **_who(sender),
    )  # fmt: skip


def _moment(seconds: int) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < 4_000_000_000 else None


def _pieces_of(message: dict[str, Any]) -> list[Piece]:
    found = []
    photos = sorted(rows(message.get("photo")), key=lambda one: number(one.get("width")))
    if photos:
        ref = words(photos[-1].get("file_id"), 400)
        found.append(Piece(ref, f"photo-{number(message.get('message_id'))}.jpg", "image/jpeg", _size(photos[-1])))
    for kind, name, content_type in _FILES:
        one = inside(message, kind)
        if one and not (kind == "document" and "animation" in message):
            given = words(one.get("mime_type"), 100) or content_type
            shown = words(one.get("file_name"), 255) or name
            found.append(Piece(words(one.get("file_id"), 400), shown, given, _size(one)))
    return [one for one in found if one.ref]


def _size(one: dict[str, Any]) -> int:
    return max(0, number(one.get("file_size")))


def _other(message: dict[str, Any]) -> str:
    """In words what is neither text nor file: a place, a sticker, somebody's card; of the rest, what it is."""
    at = inside(message, "venue", "location") or inside(message, "location")
    if at:
        title = words(inside(message, "venue").get("title"), 200)
        return place(at.get("latitude"), at.get("longitude"), title)
    if sticker := inside(message, "sticker"):
        return words(sticker.get("emoji"), 20) or "🙂"
    if contact := inside(message, "contact"):
        name = f"{words(contact.get('first_name'), 100)} {words(contact.get('last_name'), 100)}".strip()
        return f"{name} {words(contact.get('phone_number'), 40)}".strip()
    known = {"text", "caption", "photo", *(kind for kind, _name, _type in _FILES)}
    if not known & set(message):
        return next((f"[{one}]" for one in ("poll", "dice", "game", "story", "invoice") if one in message), "")
    return ""


def _contact(message: dict[str, Any], sender: dict[str, Any]) -> Contact | None:
    one = inside(message, "contact")
    if not one:
        return None
    name = f"{words(one.get('first_name'), 100)} {words(one.get('last_name'), 100)}".strip()
    own = bool(words(one.get("user_id"))) and words(one.get("user_id")) == words(sender.get("id"))
    forwarded = any(name in message for name in ("forward_origin", "forward_from", "forward_date"))
    return Contact(words(one.get("phone_number"), 40), name[:NAME_LENGTH], own and not forwarded)


def fetch(access: Access, piece: Piece) -> bytes:
    """A file's bytes: where it lies is asked first. NotNowError; ValueError for one that is too large."""
    found = inside(_call(access, "getFile", {"file_id": piece.ref}), "result")
    path = words(found.get("file_path"), 500)
    if number(found.get("file_size")) > MOST_FILE:
        raise ValueError("too-large")
    if not path or ".." in path or path.startswith("/"):
        raise NotNowError("file_path")
    answered = ask(
        access, f"/file/bot{access.secrets.get('token', '')}/{quote(path)}", method="GET", timeout=FILE_TIMEOUT,
        most_read=MOST_FILE + 1,
    )  # fmt: skip
    if len(answered.raw) > MOST_FILE:
        raise ValueError("too-large")
    if not answered.taken or not answered.whole:
        raise NotNowError(why(answered))
    return answered.raw


def pressed(access: Access, press: str) -> None:
    """The button has been heard: its clock stops."""
    _call(access, "answerCallbackQuery", {"callback_query_id": press}, timeout=5.0)


def me(access: Access) -> Me:
    """getMe: whether address and token are right."""
    found = inside(_call(access, "getMe", {}), "result")
    return Me(words(found.get("first_name"), NAME_LENGTH), words(found.get("username"), 60))


def hook_tell(access: Access, url: str) -> None:
    """setWebhook with our address and secret, or deleteWebhook: a bot is either called for or asked."""
    if not url:
        _call(access, "deleteWebhook", {"drop_pending_updates": False})
        return
    _call(access, "setWebhook", {"url": url, "secret_token": access.header, "allowed_updates": KINDS})


TELEGRAM = Adapter(
    name="telegram", label=_("Telegram"), icon="brand-telegram",
    document="core.telegram.org/bots/api, Bot API 9 (2026-11)",
    base_url="https://api.telegram.org", fields=(SecretField("token", _("Token of the bot")),), send=send, me=me,
    updates=updates, hook=hook_telegram, hook_tell=hook_tell, fetch=fetch, pressed=pressed, proxied=True, order=40,
    link=lambda username, code: f"https://t.me/{username}?start={code}",
)  # fmt: skip
BALE = Adapter(
    name="bale", label=_("Bale"), icon="bale", document="docs.bale.ai (2026-11)",
    base_url="https://tapi.bale.ai", fields=(SecretField("token", _("Token of the bot")),), send=send, me=me,
    updates=updates, hook=hook_bale, hook_tell=hook_tell, fetch=fetch, pressed=pressed, order=50,
    link=lambda username, code: f"https://ble.ir/{username}?start={code}",
)  # fmt: skip
