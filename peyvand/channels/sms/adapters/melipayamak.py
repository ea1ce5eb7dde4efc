"""Melipayamak, REST (rest.payamak-panel.com/api/SendSMS, as read in 2026-11): user and password in the body.

One text a call; an answer's `Value` of more than 15 digits is the message's id (recId), a short one a code of refusal.
It knows no id of ours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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

SHORT = 15
_MEND = frozenset({"0", "2", "5", "9", "10", "12"})  # sign-in, credit, line, public line, inactive, papers
_BUSY = frozenset({"3", "4", "6"})
_BLACKLIST = "35"
# GetDeliveries2: 0 handed on, 1 arrived, 2 not, 3 fault of the operator, 8 at the operator, 16 not at it, 35 blacklist,
# 100 unknown, 200 sent, 300 filtered, 400 in the list, 500 refused
_STATES: Mapping[str, str] = {
    "0": Said.SENT, "1": Said.DELIVERED, "2": Said.FAILED, "3": Said.FAILED, "8": Said.SENT, "16": Said.FAILED,
    "35": Said.FAILED, "200": Said.SENT, "300": Said.FAILED, "400": Said.SENT, "500": Said.FAILED,
}  # fmt: skip


def _form(access: Access, **more: Any) -> dict[str, Any]:
    return {
        "username": access.secrets.get("username", ""), "password": access.secrets.get("password", ""), **more,
    }  # fmt: skip


def send(access: Access, messages: Sequence[Outgoing]) -> Sequence[Outcome]:
    """One call for each."""
    return [outcome for one in messages for outcome in _one(access, one)]


def _one(access: Access, message: Outgoing) -> Sequence[Outcome]:
    form = _form(access, to=local(message.to), text=message.text, isFlash="false")
    form["from"] = access.line
    answered = ask(access, "/api/SendSMS/SendSMS", form=form)
    answer = read(answered)
    if not isinstance(answer, dict) or "RetStatus" not in answer:
        return trouble(answered, [message]) or all_of([message], Said.UNKNOWN, answered.status or "")
    value = str(answer.get("Value") or "")
    if len(value) > SHORT and value.lstrip("-").isdigit():
        return [Outcome(message.id, Said.SENT, provider_id=value)]
    words = str(answer.get("StrRetStatus") or "")
    code = value if value and len(value) <= SHORT else str(answer.get("RetStatus"))
    if code in _MEND:
        return all_of([message], Said.AGAIN, code, words, after=LONG_PAUSE)
    if code in _BUSY:
        return all_of([message], Said.AGAIN, code, words, after=PAUSE)
    return all_of([message], Said.FAILED, code, words, suppress="blacklist" if code == _BLACKLIST else "")


def status(access: Access, asked: Sequence[Asked]) -> Sequence[Outcome]:
    """What became of these, by the provider's ids."""
    found = []
    for one in asked:
        if not one.provider_id:
            continue
        answer = read(ask(access, "/api/SendSMS/GetDeliveries2", form=_form(access, recId=one.provider_id)))
        value = str(answer.get("Value") or "") if isinstance(answer, dict) else ""
        if value in _STATES:
            suppress = "blacklist" if value == _BLACKLIST else ""
            found.append(Outcome(one.id, _STATES[value], one.provider_id, code=value, suppress=suppress))
    return found


def hook(access: Access, request: HookRequest) -> Came | None:
    """A reply (from, to, text, id) or a report (recId, status)."""
    given = {
        str(key).lower(): str(value) for key, value in {**request.query, **request.form, **body_of(request)}.items()
    }
    text = given.get("text") or given.get("body") or ""
    if given.get("from") and text:
        number = given.get("msgid") or given.get("id") or f"{given['from']}:{given.get('date', '')}:{text}"
        return Came(heard=[Heard(number[:200], given["from"], text, given.get("to", ""))])
    number, state = given.get("recid", ""), given.get("status", "")
    if not number or state not in _STATES:
        return None
    suppress = "blacklist" if state == _BLACKLIST else ""
    return Came(told=[Told(f"{number}:{state}", _STATES[state], provider_id=number, code=state, suppress=suppress)])


def poll(access: Access) -> Sequence[Heard]:
    """The newest hundred replies (location 1 is the inbox)."""
    form = _form(access, location=1, index=0, count=100)
    form["from"] = access.line
    answered = ask(access, "/api/SendSMS/GetMessages", form=form)
    answer = read(answered)
    data = (answer.get("Data") or answer.get("MyBase")) if isinstance(answer, dict) else None
    if not isinstance(data, list):
        raise NotNowError(answered.error or str(answered.status))
    return [
        Heard(str(one.get("MsgID")), str(one.get("Sender", "")), str(one.get("Body", "")), str(one.get("Receiver", "")))
        for one in data
        if isinstance(one, dict) and one.get("MsgID")
    ]


def credit(access: Access) -> str:
    """What is left, in messages."""
    answered = ask(access, "/api/SendSMS/GetCredit", form=_form(access))
    answer = read(answered)
    if not isinstance(answer, dict) or "Value" not in answer:
        raise NotNowError(answered.error or str(answered.status))
    return str(answer["Value"])


MELIPAYAMAK = Adapter(
    name="melipayamak", label=_("Melipayamak"), document="rest.payamak-panel.com, REST (2026-11)",
    base_url="https://rest.payamak-panel.com",
    fields=(SecretField("username", _("User name"), hidden=False), SecretField("password", _("Password"))),
    send=send, status=status, hook=hook, poll=poll, credit=credit, batch=20,
)  # fmt: skip
