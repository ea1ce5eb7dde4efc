"""Bale Safir (docs.bale.ai/safir, API v3, as read in 2026-11): messages of Bale to a phone number.

Each message is handed over under our own id of it (`request_id`), by which Safir keeps the same one from going twice.
So one whose fate is unknown is simply handed over again. Nothing comes back over it: who answers writes to the bot,
which is one of Bale's and set up as such.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from peyvand.channels.messengers.adapters.base import (
    FILE_TIMEOUT,
    LONG_PAUSE,
    PAUSE,
    Access,
    Adapter,
    Loaded,
    Me,
    NotNowError,
    SecretField,
    ask,
    buttons_of,
    multipart,
    number,
    part,
    pieces,
    read,
    rows,
    trouble,
    why,
    words,
)
from peyvand.channels.outreach.declarations import Asked, Outcome, Outgoing, Said
from peyvand.channels.outreach.models import Reason
from peyvand.foundation.outside.requesting import Outcome as Answered

LONGEST = 4_000
# Of an error: 2 a fault of theirs, 3 too many, 4 the request, 8 the number, 17 nobody of Bale's, 20 no credit left
_FAULT, _BUSY, _NUMBER, _NOBODY, _CREDIT = 2, 3, 8, 17, 20


def _headers(access: Access) -> dict[str, str]:
    return {"api-access-key": access.secrets.get("api_key", "")}


def _body(access: Access, message: Outgoing, step: int, said: dict[str, Any]) -> dict[str, Any]:
    name = str(message.uid) if step == 1 else f"{message.uid}:{step}"
    return {
        "request_id": name, "bot_id": number(access.secrets.get("bot_id")), "phone_number": message.to.lstrip("+"),
        "message_data": {"message": said},
    }  # fmt: skip


def send(access: Access, message: Outgoing, files: Sequence[Loaded]) -> Outcome:
    """The text in parts, and each file in a message of its own, every one under a name made of our id."""
    said: list[dict[str, Any]] = [{"text": one} for one in pieces(message.text, LONGEST)]
    for one in files:
        ref, refused = _uploaded(access, message.id, one)
        if refused is not None:
            return refused
        said.append({"file_id": ref, "text": ""})
    if not said:
        return Outcome(message.id, Said.FAILED, code="empty")
    if len(said) == 2 and files and message.text:  # one text and one file are one message
        said = [{**said[0], "file_id": said[1]["file_id"]}]
    keys = [[{"text": one["text"], "url": one["url"]}] for one in buttons_of(message) if "url" in one]
    if keys:
        said[-1]["reply_markup"] = {"inline_keyboard": keys}
    first: Outcome | None = None
    for step, words_of_it in enumerate(said, 1):
        plain = _body(access, message, step, words_of_it)
        outcome = _outcome(
            message.id, ask(access, "/api/v3/send_message", plain=plain, headers=_headers(access))
        )  # fmt: skip
        if first is not None:
            outcome = part(outcome, first)
        if outcome.said != Said.SENT:
            return outcome
        first = first or outcome
    return first or Outcome(message.id, Said.FAILED, code="empty")


def _uploaded(access: Access, id: int, one: Loaded) -> tuple[str, Outcome | None]:
    body, kind = multipart({}, {"file": one})
    answered = ask(
        access, "/api/v3/upload_file", body=body, content_type=kind, headers=_headers(access), timeout=FILE_TIMEOUT
    )
    if ref := words(read(answered).get("file_id"), 400):
        return ref, None
    said = Said.FAILED if answered.status is not None and 400 <= answered.status < 500 else Said.AGAIN
    return "", Outcome(id, said, code=f"upload:{why(answered)}"[:60], after=PAUSE)  # a file alone is no message yet


def _outcome(id: int, answered: Answered) -> Outcome:
    answer = read(answered)
    error = next(iter(rows(answer.get("error_data"))), {})
    if made := words(answer.get("message_id"), 100):
        return Outcome(id, Said.SENT, provider_id=made)
    code, said = number(error.get("code")), words(error.get("description"), 300)
    if code == _BUSY:
        return Outcome(id, Said.AGAIN, code="3", text=said, after=PAUSE)
    if code == _CREDIT:
        return Outcome(id, Said.AGAIN, code="20", text=said, after=LONG_PAUSE)
    if code in (_NOBODY, _NUMBER):
        return Outcome(id, Said.FAILED, code=str(code), text=said, suppress=Reason.HARD_BOUNCE)
    if code == _FAULT:
        return Outcome(id, Said.UNKNOWN, code="2", text=said)
    if (found := trouble(answered, id)) is not None:
        return found
    if answered.status in (401, 403):
        return Outcome(id, Said.AGAIN, code=str(answered.status), text=said, after=LONG_PAUSE)
    failed = code or 400 <= (answered.status or 0) < 500
    return Outcome(id, Said.FAILED if failed else Said.UNKNOWN, code=str(code or answered.status), text=said)


def look_up(access: Access, asked: Sequence[Asked]) -> Sequence[Outcome]:
    """It can't be asked, but the same message under the same name goes once: each may be handed over again."""
    return [Outcome(one.id, Said.NEVER) for one in asked]


def me(access: Access) -> Me:
    """A message to a number that is none: a right key is told so (8), a wrong one is not let in. Nothing is sent."""
    plain = {
        "bot_id": number(access.secrets.get("bot_id")), "phone_number": "98",
        "message_data": {"message": {"text": "-"}},
    }  # fmt: skip
    answered = ask(access, "/api/v3/send_message", plain=plain, headers=_headers(access))
    error = next(iter(rows(read(answered).get("error_data"))), {})
    if answered.status in (401, 403) or number(error.get("code")) not in (4, _NUMBER, _NOBODY):
        raise NotNowError(f"{why(answered)} {words(error.get('description'), 200)}".strip())
    return Me(access.name, "")


SAFIR = Adapter(
    name="safir", label=_("Bale by phone number (Safir)"), icon="bale", document="docs.bale.ai/safir, v3 (2026-11)",
    base_url="https://safir.bale.ai", send=send, me=me, look_up=look_up, phone=True, priced=True, order=30,
    fields=(SecretField("api_key", _("Access key (api-access-key)")),
            SecretField("bot_id", _("Number of the bot (bot_id)"), hidden=False)),
)  # fmt: skip
