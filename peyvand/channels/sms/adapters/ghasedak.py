"""Ghasedak, v2 (ghasedak.me/docs, as read in 2026-11): a form, the key in a header.

`checkid` is our own id of a message; `status` with type 2 is asked by it, which makes an interrupted attempt certain.
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

# 0 not at the server, 1 on the phone, 2 not on the phone, 3 at the operator, 4 not at the operator, 5 blacklist, 6 no
# such id
_STATES: Mapping[int, str] = {
    0: Said.SENT, 1: Said.DELIVERED, 2: Said.FAILED, 3: Said.SENT, 4: Said.FAILED, 5: Said.FAILED, 6: Said.NEVER,
}  # fmt: skip
BLACKLIST = 5
_MEND = frozenset({401, 403, 407, 412, 418, 422})
_BUSY = frozenset({409, 429})


def _headers(access: Access) -> dict[str, str]:
    return {"apikey": access.secrets.get("api_key", "")}


def _code(answer: Any) -> int:
    head = answer.get("result") if isinstance(answer, dict) else None
    code = head.get("code") if isinstance(head, dict) else None
    return int(code) if isinstance(code, int) else 0


def send(access: Access, messages: Sequence[Outgoing]) -> Sequence[Outcome]:
    """One call for each."""
    return [outcome for one in messages for outcome in _one(access, one)]


def _one(access: Access, message: Outgoing) -> Sequence[Outcome]:
    form = {
        "message": message.text, "receptor": local(message.to), "linenumber": access.line, "checkid": message.id,
    }  # fmt: skip
    answered = ask(access, "/v2/sms/send/simple", form=form, headers=_headers(access))
    answer = read(answered)
    code = _code(answer)
    if not code or (answered.status or 0) >= 500:
        return trouble(answered, [message]) or all_of([message], Said.UNKNOWN, answered.status or "")
    words = str(answer["result"].get("message") or "")
    if code == 200:
        items = answer.get("items") or [""]
        return [Outcome(message.id, Said.SENT, provider_id=str(items[0] if isinstance(items, list) else items))]
    if code in _BUSY:
        return all_of([message], Said.AGAIN, code, words, after=PAUSE)
    if code in _MEND:
        return all_of([message], Said.AGAIN, code, words, after=LONG_PAUSE)
    return all_of([message], Said.FAILED, code, words)


def status(access: Access, asked: Sequence[Asked]) -> Sequence[Outcome]:
    """What became of these, by our own ids (type 2)."""
    form = {"id": ",".join(str(one.id) for one in asked), "type": 2}
    answer = read(ask(access, "/v2/sms/status", form=form, headers=_headers(access)))
    items = answer.get("items") if isinstance(answer, dict) and _code(answer) == 200 else None
    if not isinstance(items, list) or len(items) != len(asked):
        return []
    found = []
    for one, item in zip(asked, items, strict=True):
        state = item.get("status") if isinstance(item, dict) else None
        if isinstance(state, int) and state in _STATES:
            number = str(item.get("messageid") or one.provider_id)
            suppress = "blacklist" if state == BLACKLIST else ""
            found.append(Outcome(one.id, _STATES[state], number, code=str(state), suppress=suppress))
    return found


def hook(access: Access, request: HookRequest) -> Came | None:
    """A report (messageid or checkid, status) or a reply (from, to, message)."""
    given = {
        str(key).lower(): str(value) for key, value in {**request.query, **request.form, **body_of(request)}.items()
    }
    if given.get("message") and given.get("from"):
        number = (
            given.get("messageid") or given.get("id") or f"{given['from']}:{given.get('date', '')}:{given['message']}"
        )
        return Came(heard=[Heard(number[:200], given["from"], given["message"], given.get("to", ""))])
    number, state = given.get("messageid", ""), given.get("status", "")
    if not number or not state.isdigit() or _STATES.get(int(state), Said.NEVER) == Said.NEVER:
        return None
    suppress = "blacklist" if int(state) == BLACKLIST else ""
    return Came(
        told=[Told(f"{number}:{state}", _STATES[int(state)], provider_id=number, code=state, suppress=suppress)]
    )


def credit(access: Access) -> str:
    """What is left, in rial."""
    answered = ask(access, "/v2/account/info", form={}, headers=_headers(access))
    answer = read(answered)
    items = answer.get("items") if isinstance(answer, dict) else None
    if _code(answer) != 200 or not isinstance(items, dict):
        raise NotNowError(str(_code(answer) or answered.error or answered.status))
    return f"{items.get('balance', '')} IRR"


GHASEDAK = Adapter(
    name="ghasedak", label=_("Ghasedak"), document="ghasedak.me/docs, v2 (2026-11)", base_url="https://api.ghasedak.me",
    fields=(SecretField("api_key", _("API key")),), send=send, status=status, hook=hook, credit=credit, our_ids=True,
    batch=20,
)  # fmt: skip
