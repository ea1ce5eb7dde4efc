"""Twilio, Programmable Messaging 2010-04-01 (as read in 2026-11): a form, Basic authentication.

One text a call. It knows no id of ours and has no key against repeats; its own calls are signed (X-Twilio-Signature:
Base64 of HMAC-SHA1 over the address and the sorted fields, under the account's token).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from peyvand.channels.outreach.addresses import site
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
    read,
    trouble,
)

_STATES: Mapping[str, str] = {
    "accepted": Said.SENT, "scheduled": Said.SENT, "queued": Said.SENT, "sending": Said.SENT, "sent": Said.SENT,
    "delivered": Said.DELIVERED, "read": Said.DELIVERED, "undelivered": Said.FAILED, "failed": Said.FAILED,
    "canceled": Said.FAILED,
}  # fmt: skip
_MEND = frozenset({20003, 20005, 20404, 21603, 21606, 21659, 21660})  # sign-in, account, the line
_BUSY = frozenset({20429, 14107, 30022})
STOPPED = 21610  # the recipient has replied STOP


def _headers(access: Access) -> dict[str, str]:
    pair = f"{access.secrets.get('account_sid', '')}:{access.secrets.get('auth_token', '')}"
    return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}


def _path(access: Access, rest: str) -> str:
    return f"/2010-04-01/Accounts/{access.secrets.get('account_sid', '')}{rest}"


def send(access: Access, messages: Sequence[Outgoing]) -> Sequence[Outcome]:
    """One call for each."""
    return [outcome for one in messages for outcome in _one(access, one)]


def _one(access: Access, message: Outgoing) -> Sequence[Outcome]:
    form = {"To": message.to, "From": access.line, "Body": message.text}
    if hook := access.secrets.get("hook", ""):
        form["StatusCallback"] = site(f"/hooks/sms/{hook}/")
    answered = ask(access, _path(access, "/Messages.json"), form=form, headers=_headers(access))
    answer = read(answered)
    if answered.status == 201 and isinstance(answer, dict) and answer.get("sid"):
        said = _STATES.get(str(answer.get("status")), Said.SENT)
        return [Outcome(message.id, said, provider_id=str(answer["sid"]), code=str(answer.get("status") or ""))]
    code = answer.get("code") if isinstance(answer, dict) else None
    if not isinstance(code, int) or (answered.status or 0) >= 500:
        return trouble(answered, [message]) or all_of([message], Said.UNKNOWN, answered.status or "")
    words = str(answer.get("message") or "")
    if code in _BUSY or answered.status == 429:
        return all_of([message], Said.AGAIN, code, words, after=float(answered.retry_after or PAUSE))
    if code in _MEND or answered.status in (401, 403):
        return all_of([message], Said.AGAIN, code, words, after=LONG_PAUSE)
    return all_of([message], Said.FAILED, code, words, suppress="opt-out" if code == STOPPED else "")


def status(access: Access, asked: Sequence[Asked]) -> Sequence[Outcome]:
    """What became of these, by Twilio's ids."""
    found = []
    for one in asked:
        if not one.provider_id:
            continue
        answered = ask(
            access, _path(access, f"/Messages/{one.provider_id}.json"), headers=_headers(access), method="GET"
        )
        answer = read(answered)
        said = _STATES.get(str(answer.get("status"))) if isinstance(answer, dict) else None
        if answered.status == 200 and said is not None:
            found.append(Outcome(one.id, said, one.provider_id, code=str(answer.get("error_code") or "")))
    return found


def signed(access: Access, request: HookRequest, hook: str) -> bool:
    """Whether the call is Twilio's own."""
    address = site(f"/hooks/sms/{hook}/")
    text = address + "".join(f"{name}{request.form[name]}" for name in sorted(request.form))
    made = hmac.new(access.secrets.get("auth_token", "").encode(), text.encode(), hashlib.sha1).digest()
    return hmac.compare_digest(base64.b64encode(made).decode(), request.headers.get("x-twilio-signature", ""))


def hook(access: Access, request: HookRequest) -> Came | None:
    """A report (MessageSid, MessageStatus) or a text (MessageSid, From, To, Body); unsigned ones are nobody's."""
    if not signed(access, request, request.token):
        return None
    form = request.form
    number = form.get("MessageSid") or form.get("SmsSid") or ""
    state = form.get("MessageStatus") or ""
    if number and state and "Body" not in form:
        said = _STATES.get(state)
        if said is None:
            return Came()
        code = form.get("ErrorCode") or state
        return Came(told=[Told(f"{number}:{state}", said, provider_id=number, code=code)])
    if number and form.get("From"):
        return Came(heard=[Heard(number, form["From"], form.get("Body", ""), form.get("To", ""))])
    return None


def credit(access: Access) -> str:
    """What is left, in the account's currency."""
    answered = ask(access, _path(access, "/Balance.json"), headers=_headers(access), method="GET")
    answer = read(answered)
    if answered.status != 200 or not isinstance(answer, dict):
        raise NotNowError(answered.error or str(answered.status))
    return f"{answer.get('balance', '')} {answer.get('currency', '')}"


TWILIO = Adapter(
    name="twilio", label=_("Twilio"), document="Twilio API 2010-04-01 (2026-11)", base_url="https://api.twilio.com",
    fields=(SecretField("account_sid", _("Account SID"), hidden=False), SecretField("auth_token", _("Auth token"))),
    send=send, status=status, hook=hook, credit=credit, batch=20, iranian=False,
)  # fmt: skip
