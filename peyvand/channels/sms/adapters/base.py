"""What every provider's adapter is, and how each asks: one request within a deadline, through the guard.

Of an answer one thing matters most: whether the provider certainly did not take the messages (then they may be sent
again), or nobody knows (then never by themselves). A name that is not found, a refused connection and a broken TLS are
of the first sort; a time-out and an answer 5xx are of the second, since both may come after the messages were taken.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from peyvand.channels.outreach.declarations import Asked, HookRequest, Outcome, Outgoing, Said
from peyvand.channels.outreach.dispatching.settling import Told
from peyvand.foundation.outside.requesting import Outcome as Answered
from peyvand.foundation.outside.requesting import Trouble, request
from peyvand.foundation.registry.declarations import Label

MOST_READ = 2 * 2**20
TIMEOUT = 20.0
NOT_TAKEN = frozenset({Trouble.ADDRESS, Trouble.NAME, Trouble.SAMPLE, Trouble.CONNECT, Trouble.TLS})
PAUSE = 60.0
LONG_PAUSE = 900.0  # what a person has to mend: a key, the credit


@dataclass(frozen=True)
class Access:
    """An account as its adapter needs it. `secrets` are its keys, in the clear, in memory only."""

    account_id: int
    demo: bool
    line: str
    base_url: str
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Heard:
    """A text message that somebody sent us. `id` is the provider's, or made of what it is where there is none."""

    id: str
    sender: str
    text: str
    line: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Came:
    """What one call of a hook, or one question, brought."""

    heard: Sequence[Heard] = ()
    told: Sequence[Told] = ()


@dataclass(frozen=True)
class SecretField:
    """A key that the provider gives: its name and label; `hidden` is typed like a password."""

    name: str
    label: Label
    hidden: bool = True


@dataclass(frozen=True)
class Adapter:
    """A provider. `document` says by which description it was built, and that it was tried against a fake only.

    `send` hands over messages; `status` asks what became of them; `hook` reads what the provider calls us with (None:
    it is not theirs); `poll` asks for what came in, where it must be asked for; `credit` for what is left. `our_ids`:
    the provider knows our own id of a message, so that an unknown one can be asked for.
    """

    name: str
    label: Label
    document: str
    base_url: str
    fields: Sequence[SecretField]
    send: Callable[[Access, Sequence[Outgoing]], Sequence[Outcome]]
    status: Callable[[Access, Sequence[Asked]], Sequence[Outcome]] | None = None
    hook: Callable[[Access, HookRequest], Came | None] | None = None
    poll: Callable[[Access], Sequence[Heard]] | None = None
    credit: Callable[[Access], str] | None = None
    our_ids: bool = False
    batch: int = 100
    iranian: bool = True


class NotNowError(Exception):
    """The provider answered a question with something that is no answer; the text never holds a key."""


def ask(
    access: Access,
    path: str,
    *,
    form: Mapping[str, Any] | None = None,
    plain: Any = None,
    headers: Mapping[str, str] | None = None,
    method: str = "POST",
) -> Answered:
    """One request of an adapter: a form, or JSON, or nothing but the address."""
    body, kind = b"", ""
    if form is not None:
        body, kind = urlencode(form).encode(), "application/x-www-form-urlencoded"
    elif plain is not None:
        body, kind = json.dumps(plain, ensure_ascii=False).encode(), "application/json"
    given = {"Accept": "application/json", **({"Content-Type": kind} if kind else {}), **(headers or {})}
    return request(
        f"{access.base_url.rstrip('/')}{path}",
        method=method,
        body=body,
        headers=given,
        timeout=TIMEOUT,
        most_read=MOST_READ,
    )


def read(answered: Answered) -> Any:
    """The JSON of an answer; None when it is none."""
    try:
        return json.loads(answered.raw.decode("utf-8", "replace") or "null")
    except ValueError:
        return None


def body_of(request: HookRequest) -> dict[str, Any]:
    """The JSON object that a hook was called with; empty where there is none."""
    try:
        found = json.loads(request.body.decode("utf-8", "replace") or "null")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def trouble(answered: Answered, messages: Sequence[Outgoing]) -> list[Outcome] | None:
    """What an answer means that is no answer of the provider's own; None when it is one."""
    if answered.status is None:
        said = Said.AGAIN if answered.error in NOT_TAKEN else Said.UNKNOWN
        return [
            Outcome(one.id, said, code=answered.error, after=PAUSE if said == Said.AGAIN else 0.0) for one in messages
        ]
    if answered.status == 429:
        after = float(answered.retry_after or PAUSE)
        return [Outcome(one.id, Said.AGAIN, code="429", after=after) for one in messages]
    if answered.status >= 500:
        return [Outcome(one.id, Said.UNKNOWN, code=str(answered.status)) for one in messages]
    return None


def all_of(
    messages: Sequence[Outgoing], said: str, code: object, text: str = "", *, after: float = 0.0, suppress: str = ""
) -> list[Outcome]:
    """The same word of every message."""
    return [
        Outcome(one.id, said, code=str(code)[:60], text=text[:500], after=after, suppress=suppress) for one in messages
    ]


def local(number: str) -> str:
    """An Iranian number as gateways of Iran write it: 09123456789; another as it is, without the plus."""
    return "0" + number[3:] if number.startswith("+98") else number.lstrip("+")
