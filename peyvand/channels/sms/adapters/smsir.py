"""SMS.ir, web service v1 (docs.sms.ir, as read in 2026-11): JSON, the key in a header.

`likeToLike` takes many texts at once and gives an id for each; a message is asked for by that id only, so an attempt
that was interrupted stays unknown until its report comes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from peyvand.channels.outreach.declarations import Asked, HookRequest, Outcome, Outgoing, Said
from peyvand.channels.outreach.dispatching.settling import Told
from peyvand.channels.sms.adapters.base import (
    LONG_PAUSE,
    PAUSE,
    Access,
    Adapter,
    Came,
    Heard,
    NotNowError,
    SecretField,
    all_of,
    ask,
    body_of,
    local,
    read,
    trouble,
)

# deliveryState: 1 on the handset, 2 not, 3 on its way, 4 not at the operator, 5 at the operator, 6 failed, 7 blacklist
# (the older service: 9 blacklist)
_STATES: Mapping[int, str] = {
    1: Said.DELIVERED, 2: Said.FAILED, 3: Said.SENT, 4: Said.FAILED, 5: Said.SENT, 6: Said.FAILED, 7: Said.FAILED,
    9: Said.FAILED,
}  # fmt: skip
BLACKLIST = frozenset({7, 9})
_MEND = frozenset({10, 11, 12, 13, 14, 101, 102, 123})
_BUSY = frozenset({0, 20})
_ONE = frozenset({103, 104, 113, 115})  # a number or a text of the call is at fault
_BLACKLISTED = 115


def _headers(access: Access) -> dict[str, str]:
    return {"X-API-KEY": access.secrets.get("api_key", "")}


def _status(answer: Any) -> int | None:
    found = answer.get("status") if isinstance(answer, dict) else None
    return found if isinstance(found, int) else None


def send(access: Access, messages: Sequence[Outgoing]) -> Sequence[Outcome]:
    """All in one call; where one of them spoils the call, each in a call of its own."""
    answered = ask(
        access, "/v1/send/likeToLike", headers=_headers(access),
        plain={
            "lineNumber": int(access.line) if access.line.isdigit() else access.line,
            "messageTexts": [one.text for one in messages], "mobiles": [local(one.to) for one in messages],
            "sendDateTime": None,
        },
    )  # fmt: skip
    answer = read(answered)
    code = _status(answer)
    if (code is None or (answered.status or 0) >= 500) and (found := trouble(answered, messages)) is not None:
        return found
    if code != 1:
        return _refused(access, messages, code, answered.status)
    data = answer.get("data") or {}
    ids = data.get("messageIds") if isinstance(data, dict) else None
    if not isinstance(ids, list) or len(ids) != len(messages):
        return all_of(messages, Said.UNKNOWN, "ids")
    return [
        Outcome(one.id, Said.SENT, provider_id=str(number)) if number else Outcome(one.id, Said.FAILED, code="no-id")
        for one, number in zip(messages, ids, strict=True)
    ]


def _refused(access: Access, messages: Sequence[Outgoing], code: int | None, status: int | None) -> Sequence[Outcome]:
    if code in _ONE and len(messages) > 1:
        return [outcome for one in messages for outcome in send(access, [one])]
    if code in _BUSY or status == 429:
        return all_of(messages, Said.AGAIN, code, after=PAUSE)
    if code in _MEND or status in (401, 403):
        return all_of(messages, Said.AGAIN, code or status, after=LONG_PAUSE)
    if code == _BLACKLISTED:
        return all_of(messages, Said.FAILED, code, suppress="blacklist")
    if code is None:
        return all_of(messages, Said.UNKNOWN, status or "")
    return all_of(messages, Said.FAILED, code)


def status(access: Access, asked: Sequence[Asked]) -> Sequence[Outcome]:
    """What became of these, by the provider's ids; of those without one nothing is said."""
    found = []
    for one in asked:
        if not one.provider_id:
            continue
        answer = read(ask(access, f"/v1/send/{one.provider_id}", headers=_headers(access), method="GET"))
        data = answer.get("data") if isinstance(answer, dict) and _status(answer) == 1 else None
        state = data.get("deliveryState") if isinstance(data, dict) else None
        if isinstance(state, int) and state in _STATES:
            suppress = "blacklist" if state in BLACKLIST else ""
            found.append(Outcome(one.id, _STATES[state], one.provider_id, code=str(state), suppress=suppress))
    return found


def hook(access: Access, request: HookRequest) -> Came | None:
    """A report (messageId, deliveryState) or a reply (mobile, number, messageText)."""
    given: dict[str, Any] = {key.lower(): value for key, value in {**request.query, **request.form}.items()}
    given |= {str(key).lower(): value for key, value in body_of(request).items()}
    if given.get("messagetext") and given.get("mobile"):
        return Came(heard=[_heard(given)])
    number, state = str(given.get("messageid") or ""), str(given.get("deliverystate") or given.get("status") or "")
    if not number or not state.isdigit() or int(state) not in _STATES:
        return None
    suppress = "blacklist" if int(state) in BLACKLIST else ""
    return Came(
        told=[Told(f"{number}:{state}", _STATES[int(state)], provider_id=number, code=state, suppress=suppress)]
    )


def _heard(given: Mapping[str, Any]) -> Heard:
    sender, text, line = str(given["mobile"]), str(given["messagetext"]), str(given.get("number") or "")
    moment = given.get("receiveddatetime")
    at = datetime.fromtimestamp(int(str(moment)), UTC) if str(moment or "").isdigit() else None
    number = str(given.get("id") or given.get("messageid") or "")
    made = hashlib.sha256(f"{sender}\n{line}\n{moment}\n{text}".encode()).hexdigest()[:32]
    return Heard(number or made, sender, text, line, at)


def poll(access: Access) -> Sequence[Heard]:
    """The newest hundred replies."""
    answered = ask(access, "/v1/receive/latest?count=100", headers=_headers(access), method="GET")
    answer = read(answered)
    data = answer.get("data") if isinstance(answer, dict) else None
    if _status(answer) != 1:
        raise NotNowError(str(_status(answer) or answered.error or answered.status))
    rows = [{str(key).lower(): value for key, value in one.items()} for one in data or () if isinstance(one, dict)]
    return [_heard(one) for one in rows if one.get("mobile") and one.get("messagetext")]


def credit(access: Access) -> str:
    """What is left, in messages."""
    answered = ask(access, "/v1/credit", headers=_headers(access), method="GET")
    answer = read(answered)
    if _status(answer) != 1:
        raise NotNowError(str(_status(answer) or answered.error or answered.status))
    return str(answer.get("data"))


SMSIR = Adapter(
    name="smsir", label=_("SMS.ir"), document="docs.sms.ir, v1 (2026-11)", base_url="https://api.sms.ir",
    fields=(SecretField("api_key", _("API key")),), send=send, status=status, hook=hook, poll=poll, credit=credit,
)  # fmt: skip
