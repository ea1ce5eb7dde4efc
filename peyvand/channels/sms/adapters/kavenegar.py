"""Kavenegar, REST v1 (kavenegar.com/rest.html, as read in 2026-11).

The key stands in the path, so no address is ever logged or shown. `sendarray` takes many texts at once, each with our
own id (`localmessageids`); `statuslocalmessageid` is asked by that id, which makes an interrupted attempt certain.
"""

from __future__ import annotations

import json
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
    local,
    read,
    trouble,
)

# Of a message: 1 queued, 2 scheduled, 4 and 5 handed on, 10 arrived, 6 and 11 not, 13 cancelled, 14 blocked, 100 no
# such id
_STATES: Mapping[int, str] = {
    1: Said.SENT,
    2: Said.SENT,
    4: Said.SENT,
    5: Said.SENT,
    10: Said.DELIVERED,
    6: Said.FAILED,
    11: Said.FAILED,
    13: Said.FAILED,
    14: Said.FAILED,
    100: Said.NEVER,
}
_MEND = frozenset({401, 403, 407, 412, 418, 501})  # account, key, rights, line, credit, trial: a person must act
_BUSY = frozenset({402, 409, 429})
_RECIPIENT = 411
BLOCKED = 14


def _path(access: Access, verb: str) -> str:
    return f"/v1/{access.secrets.get('api_key', '')}/{verb}.json"


def _entries(answer: Any) -> list[dict[str, Any]]:
    found = answer.get("entries") if isinstance(answer, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _code(answer: Any) -> int:
    head = answer.get("return") if isinstance(answer, dict) else None
    status = head.get("status") if isinstance(head, dict) else None
    return int(status) if isinstance(status, int) else 0


def send(access: Access, messages: Sequence[Outgoing]) -> Sequence[Outcome]:
    """All in one call; where one number spoils the call, each in a call of its own."""
    answered = ask(
        access, _path(access, "sms/sendarray"),
        form={
            "receptor": json.dumps([local(one.to) for one in messages]),
            "sender": json.dumps([access.line] * len(messages)),
            "message": json.dumps([one.text for one in messages], ensure_ascii=False),
            "localmessageids": json.dumps([one.id for one in messages]),
        },
    )  # fmt: skip
    answer = read(answered)
    code = _code(answer) or (answered.status or 0)
    if not _code(answer) and (found := trouble(answered, messages)) is not None:
        return found
    if code != 200:
        return _refused(access, messages, code)
    entries = _entries(answer)
    if len(entries) != len(messages):
        return all_of(messages, Said.UNKNOWN, "entries")
    return [_outcome(one.id, entry) for one, entry in zip(messages, entries, strict=True)]


def _refused(access: Access, messages: Sequence[Outgoing], code: int) -> Sequence[Outcome]:
    if code == _RECIPIENT and len(messages) > 1:
        return [outcome for one in messages for outcome in send(access, [one])]
    if code in _BUSY:
        return all_of(messages, Said.AGAIN, code, after=PAUSE)
    if code in _MEND:
        return all_of(messages, Said.AGAIN, code, after=LONG_PAUSE)
    if code >= 500 or code < 400:
        return all_of(messages, Said.UNKNOWN, code)
    return all_of(messages, Said.FAILED, code)


def _outcome(id: int, entry: Mapping[str, Any]) -> Outcome:
    status = int(entry.get("status") or 0)
    cost = entry.get("cost")
    return Outcome(
        id,
        _STATES.get(status, Said.UNKNOWN),
        provider_id=str(entry.get("messageid") or ""),
        code=str(status),
        text=str(entry.get("statustext") or "")[:500],
        cost_minor=int(cost) if isinstance(cost, int) and cost > 0 else None,
        currency="IRR",
        suppress="blacklist" if status == BLOCKED else "",
    )


def status(access: Access, asked: Sequence[Asked]) -> Sequence[Outcome]:
    """What became of these, by our own ids."""
    ids = ",".join(str(one.id) for one in asked)
    answered = ask(access, _path(access, "sms/statuslocalmessageid"), form={"localid": ids})
    answer = read(answered)
    if _code(answer) != 200:
        return []
    return [
        _outcome(int(entry["localid"]), entry) for entry in _entries(answer) if str(entry.get("localid", "")).isdigit()
    ]


def hook(access: Access, request: HookRequest) -> Came | None:
    """A report (messageid, status) or a reply (messageid, from, to, message), by GET or POST."""
    given = {**request.query, **request.form}
    number = given.get("messageid", "")
    if not number:
        return None
    if "message" in given and given.get("from"):
        return Came(heard=[Heard(number, given["from"], given["message"], given.get("to", ""))])
    code = given.get("status", "")
    if not code.isdigit():
        return None
    said = _STATES.get(int(code), Said.UNKNOWN)
    if said in (Said.UNKNOWN, Said.NEVER):
        return Came()
    suppress = "blacklist" if int(code) == BLOCKED else ""
    return Came(told=[Told(f"{number}:{code}", said, provider_id=number, code=code, suppress=suppress)])


def poll(access: Access) -> Sequence[Heard]:
    """Unread replies to the line; asking for them marks them read."""
    answered = ask(access, _path(access, "sms/receive"), form={"linenumber": access.line, "isread": 0})
    answer = read(answered)
    if _code(answer) not in (200, 404):
        raise NotNowError(str(_code(answer) or answered.error or answered.status))
    return [
        Heard(
            str(one.get("messageid")),
            str(one.get("sender", "")),
            str(one.get("message", "")),
            str(one.get("receptor", "")),
            datetime.fromtimestamp(int(one["date"]), UTC) if str(one.get("date", "")).isdigit() else None,
        )
        for one in _entries(answer)
    ]


def credit(access: Access) -> str:
    """What is left, in rial."""
    answered = ask(access, _path(access, "account/info"), form={})
    answer = read(answered)
    entries = answer.get("entries") if isinstance(answer, dict) else None
    if _code(answer) != 200 or not isinstance(entries, dict):
        raise NotNowError(str(_code(answer) or answered.error or answered.status))
    return f"{entries.get('remaincredit', '')} IRR"


KAVENEGAR = Adapter(
    name="kavenegar", label=_("Kavenegar"), document="kavenegar.com/rest.html, v1 (2026-11)",
    base_url="https://api.kavenegar.com", fields=(SecretField("api_key", _("API key")),), send=send, status=status,
    hook=hook, poll=poll, credit=credit, our_ids=True,
)  # fmt: skip
