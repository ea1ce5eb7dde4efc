"""WhatsApp Cloud API (developers.facebook.com/docs/whatsapp/cloud-api, Graph v23.0, as read in 2026-11).

People are known by their number. Its calls are signed (X-Hub-Signature-256: HMAC-SHA256 over the body under the app's
secret); setting the address up is a GET that asks for a word of ours. Our own id of a message goes along
(`biz_opaque_callback_data`) and comes back with each report. Free text reaches only who wrote within 24 hours (131047).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

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
from peyvand.channels.outreach.declarations import HookAnswer, HookRequest, Outcome, Outgoing, Said
from peyvand.channels.outreach.dispatching.settling import Told
from peyvand.channels.outreach.models import Reason
from peyvand.foundation.outside.requesting import Outcome as Answered

LONGEST = 4_000
HEADER = "x-hub-signature-256"
BUTTONS, BUTTON = 3, 20  # so many answers, of so many letters each
WINDOW = 131047
_BUSY = frozenset({4, 80007, 130429, 131048, 131056})
_MEND = frozenset({0, 10, 190, 368, 131005, 131031, 131042, 131045, 133010, *range(200, 300)})
_FAULT = frozenset({1, 2, 131000, 131016})
_STOPPED = 131050
_NOBODY = 131026
_STATES: Mapping[str, str] = {
    "sent": Said.SENT, "delivered": Said.DELIVERED, "read": Said.DELIVERED, "failed": Said.FAILED,
}  # fmt: skip
_FILES = ("image", "document", "audio", "voice", "video", "sticker")
_ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "audio/ogg": "ogg", "audio/mpeg": "mp3",
            "audio/aac": "aac", "audio/mp4": "m4a", "video/mp4": "mp4", "application/pdf": "pdf"}  # fmt: skip


def _headers(access: Access) -> dict[str, str]:
    return {"Authorization": f"Bearer {access.secrets.get('token', '')}"}


def _ours(access: Access) -> str:
    return access.secrets.get("phone_id", "")


# ── speaking ──────────────────────────────────────────────────────────────


def send(access: Access, message: Outgoing, files: Sequence[Loaded]) -> Outcome:
    """The text in parts, then each file."""
    says: list[dict[str, Any]] = []
    texts = pieces(_with_links(message), LONGEST)
    says += [{"type": "text", "text": {"body": one, "preview_url": False}} for one in texts]
    choices = [one["text"] for one in buttons_of(message) if "url" not in one]
    if choices and len(choices) <= BUTTONS and texts and len(texts[-1]) <= 1_000:
        says[-1] = _choice(texts[-1], choices)
    for one in files:
        ref, refused = _uploaded(access, message.id, one)
        if refused is not None:
            return refused
        if one.content_type in ("image/jpeg", "image/png"):
            says.append({"type": "image", "image": {"id": ref}})
        else:
            says.append({"type": "document", "document": {"id": ref, "filename": one.name[:240]}})
    first: Outcome | None = None
    for one_said in says:
        plain = {
            "messaging_product": "whatsapp", "recipient_type": "individual", "to": message.to.lstrip("+"),
            "biz_opaque_callback_data": str(message.uid), **one_said,
        }  # fmt: skip
        answered = ask(access, f"/{_ours(access)}/messages", plain=plain, headers=_headers(access))
        outcome = _outcome(message.id, answered)
        if first is not None:
            outcome = part(outcome, first)
        if outcome.said != Said.SENT:
            return outcome
        first = first or outcome
    return first or Outcome(message.id, Said.FAILED, code="empty")


def _with_links(message: Outgoing) -> str:
    """The text; what there is to open or, where there is too much of it, to choose from stands under it."""
    given = buttons_of(message)
    lines = [f"{one['text']}: {one['url']}" for one in given if "url" in one]
    choices = [one["text"] for one in given if "url" not in one]
    lines += [f"• {one}" for one in choices] if len(choices) > BUTTONS else []
    return "\n".join([message.text, *lines])


def _choice(text: str, choices: Sequence[str]) -> dict[str, Any]:
    keys = [
        {"type": "reply", "reply": {"id": str(at), "title": one[:BUTTON]}} for at, one in enumerate(choices)
    ]  # fmt: skip
    return {
        "type": "interactive", "interactive": {"type": "button", "body": {"text": text}, "action": {"buttons": keys}}
    }  # fmt: skip


def _uploaded(access: Access, id: int, one: Loaded) -> tuple[str, Outcome | None]:
    body, kind = multipart({"messaging_product": "whatsapp", "type": one.content_type}, {"file": one})
    answered = ask(
        access, f"/{_ours(access)}/media", body=body, content_type=kind, headers=_headers(access), timeout=FILE_TIMEOUT
    )
    if ref := words(read(answered).get("id"), 400):
        return ref, None
    refused = _outcome(id, answered)
    said = Said.FAILED if refused.said == Said.FAILED else Said.AGAIN  # a file alone is no message yet
    return "", Outcome(id, said, code=f"upload:{refused.code}"[:60], text=refused.text, after=refused.after or PAUSE)


def _outcome(id: int, answered: Answered) -> Outcome:
    answer = read(answered)
    made = next(iter(rows(answer.get("messages"))), {})
    if answered.taken and words(made.get("id")):
        return Outcome(id, Said.SENT, provider_id=words(made.get("id"), 200))
    error = inside(answer, "error")
    if not error:
        found = trouble(answered, id)
        if found is not None:
            return found
        said = Said.FAILED if 400 <= (answered.status or 0) < 500 else Said.UNKNOWN
        return Outcome(id, said, code=str(answered.status))
    code = number(error.get("code"))
    text = words(inside(error, "error_data").get("details"), 300) or words(error.get("message"), 300)
    if code in _BUSY or answered.status == 429:
        return Outcome(id, Said.AGAIN, code=str(code), text=text, after=float(answered.retry_after or PAUSE))
    if code in _MEND or answered.status == 401:
        return Outcome(id, Said.AGAIN, code=str(code), text=text, after=LONG_PAUSE)
    if code in _FAULT or (answered.status or 0) >= 500:
        return Outcome(id, Said.UNKNOWN, code=str(code), text=text)
    return Outcome(id, Said.FAILED, code=_code(code), text=text, suppress=_against(code))


def _code(code: int) -> str:
    return "window" if code == WINDOW else str(code)


def _against(code: int) -> str:
    if code == _STOPPED:
        return Reason.BLACKLIST  # from marketing, and from this number only
    return Reason.HARD_BOUNCE if code == _NOBODY else ""


# ── hearing ───────────────────────────────────────────────────────────────


def hook(access: Access, request: HookRequest) -> Came | None:
    """A call: the question of the setting up, or a signed report of what came and what became of ours."""
    if request.method == "GET":
        given = request.query.get("hub.verify_token", "")
        right = bool(access.header) and hmac.compare_digest(given.encode(), access.header.encode())
        if request.query.get("hub.mode") != "subscribe" or not right:
            return None
        challenge = request.query.get("hub.challenge", "")[:200]
        return Came(answer=HookAnswer(body=challenge)) if challenge.isalnum() else None
    if not signed(access, request.body, request.headers.get(HEADER, "")):
        return None
    heard: list[Heard] = []
    told: list[Told] = []
    for entry in rows(body_of(request).get("entry")):
        for change in rows(entry.get("changes")):
            value = inside(change, "value")
            if words(inside(value, "metadata").get("phone_number_id")) != _ours(access):
                continue  # another number of the same app
            names = {
                words(one.get("wa_id")): words(inside(one, "profile").get("name"), NAME_LENGTH)
                for one in rows(value.get("contacts"))
            }
            heard += [one for row in rows(value.get("messages")) if (one := _written(row, names)) is not None]
            told += [said for row in rows(value.get("statuses")) if (said := _status(row)) is not None]
    return Came(heard=heard, told=told)


def signed(access: Access, body: bytes, given: str) -> bool:
    """Whether the app's secret has signed this body."""
    secret = access.secrets.get("app_secret", "")
    wanted = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return bool(secret) and hmac.compare_digest(wanted.encode(), given.encode())


def _status(row: dict[str, Any]) -> Told | None:
    status, name = words(row.get("status"), 20), words(row.get("id"), 200)
    if status not in _STATES or not name:
        return None
    error = next(iter(rows(row.get("errors"))), {})
    code = number(error.get("code"))
    return Told(
        f"{name}:{status}", _STATES[status], uid=_uid(words(row.get("biz_opaque_callback_data"), 60)), provider_id=name,
        code=_code(code) if error else status, text=words(error.get("title"), 300),
        suppress=_against(code), at=_moment(row.get("timestamp")),
    )  # fmt: skip


def _uid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _moment(value: object) -> datetime | None:
    seconds = number(value)
    return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < 4_000_000_000 else None


def _written(row: dict[str, Any], names: Mapping[str, str]) -> Heard | None:
    sender, name = words(row.get("from"), 20), words(row.get("id"), 200)
    if not sender.isdecimal() or not name:
        return None
    kind = words(row.get("type"), 30)
    file = inside(row, kind) if kind in _FILES else {}
    text = _text(row, kind) or words(file.get("caption"))
    return Heard(
        id=name, chat=f"+{sender}", at=_moment(row.get("timestamp")), text=text, name=names.get(sender, ""),
        files=_pieces_of(file, kind), contact=_contact(row, sender),
    )  # fmt: skip


def _text(row: dict[str, Any], kind: str) -> str:
    if kind == "text":
        return words(inside(row, "text").get("body"))
    if kind == "location":
        at = inside(row, "location")
        return place(at.get("latitude"), at.get("longitude"), words(at.get("name"), 200))
    if kind == "button":
        return words(inside(row, "button").get("text"), 200)
    if kind == "interactive":
        given = inside(row, "interactive")
        return words((inside(given, "button_reply") or inside(given, "list_reply")).get("title"), 200)
    if kind == "reaction":
        return words(inside(row, "reaction").get("emoji"), 20)
    if kind == "contacts":
        found = [f"{_name(one)} {_phone(one)}".strip() for one in rows(row.get("contacts"))]
        return "\n".join(one for one in found if one)
    return "" if kind in _FILES else f"[{kind}]"


def _name(card: dict[str, Any]) -> str:
    return words(inside(card, "name").get("formatted_name"), NAME_LENGTH)


def _phone(card: dict[str, Any]) -> str:
    one = next(iter(rows(card.get("phones"))), {})
    return words(one.get("phone"), 40) or words(one.get("wa_id"), 40)


def _contact(row: dict[str, Any], sender: str) -> Contact | None:
    card = next(iter(rows(row.get("contacts"))), {})
    phones = [words(one.get("wa_id"), 40) for one in rows(card.get("phones"))]
    return Contact(_phone(card), _name(card), sender in phones) if card else None


def _pieces_of(file: dict[str, Any], kind: str) -> list[Piece]:
    ref = words(file.get("id"), 400)
    content_type = words(file.get("mime_type"), 100).partition(";")[0].strip() or "application/octet-stream"
    name = words(file.get("filename"), 255) or f"{kind}.{_ENDINGS.get(content_type, 'bin')}"
    return [Piece(ref, name, content_type)] if ref else []


def fetch(access: Access, piece: Piece) -> bytes:
    """A file's bytes: where it lies is asked first. NotNowError; ValueError for one that is too large."""
    if not piece.ref.isalnum():
        raise NotNowError("media id")
    answered = ask(access, f"/{piece.ref}", method="GET", headers=_headers(access))
    answer = read(answered)
    url = words(answer.get("url"), 2_000)
    if not answered.taken or not url:
        raise NotNowError(why(answered))
    if number(answer.get("file_size")) > MOST_FILE:
        raise ValueError("too-large")
    found = ask(
        access, "", url=url, method="GET", headers=_headers(access), timeout=FILE_TIMEOUT, most_read=MOST_FILE + 1
    )
    if len(found.raw) > MOST_FILE:
        raise ValueError("too-large")
    if not found.taken or not found.whole:
        raise NotNowError(why(found))
    return found.raw


def me(access: Access) -> Me:
    """Whose number it is: whether key and number are right."""
    answered = ask(
        access, f"/{_ours(access)}", method="GET", headers=_headers(access),
        query={"fields": "verified_name,display_phone_number"},
    )  # fmt: skip
    answer = read(answered)
    if not answered.taken:
        raise NotNowError(f"{why(answered)} {words(inside(answer, 'error').get('message'), 200)}".strip())
    digits = "".join(filter(str.isdigit, words(answer.get("display_phone_number"), 40)))
    return Me(words(answer.get("verified_name"), NAME_LENGTH), digits)


WHATSAPP = Adapter(
    name="whatsapp", label=_("WhatsApp"), icon="brand-whatsapp",
    document="developers.facebook.com/docs/whatsapp/cloud-api, v23.0 (2026-11)",
    base_url="https://graph.facebook.com/v23.0", send=send, me=me, hook=hook, fetch=fetch, phone=True, priced=True,
    proxied=True, order=70,
    fields=(SecretField("token", _("Access token")), SecretField("phone_id", _("Phone number ID"), hidden=False),
            SecretField("app_secret", _("App secret"))),
    link=lambda username, code: f"https://wa.me/{username}?text={code}",
)  # fmt: skip
