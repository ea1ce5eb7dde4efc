"""What other rooms declare to this one: carriers of channels, and fields that a text may be merged with."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from peyvand.foundation.registry.declarations import Label


@dataclass(frozen=True)
class Account:
    """A way out through one provider: a mailbox with its server, a line of a gateway.

    `kinds` are the kinds of purposes it may be used for ("" none said: all), `order` which is taken first. `line` is
    the sender a recipient sees (an address, a number). `per_second` and `per_day` are the provider's limits, 0 none.
    A part costs `price_minor` in minor units of `currency`.
    """

    id: int
    name: str
    line: str
    kinds: frozenset[str] = frozenset()
    order: int = 0
    per_second: int = 0
    per_day: int = 0
    price_minor: int = 0
    currency: str = ""
    secret: Mapping[str, Any] = field(default_factory=dict, repr=False)  # the carrier's own; never shown, never logged


@dataclass(frozen=True)
class Outgoing:
    """One message as its carrier gets it: rendered, addressed, allowed. `uid` is our own id of it, the same for ever.

    `one_click_url` takes one POST and stops this purpose over this channel; `preferences_url` is the recipient's page;
    both are "" for messages of service. `thread` says to which conversation it belongs: "reply_to" and "references"
    hold message ids, "token" what a reply is known by; "buttons" are answers to choose from or addresses to open, as
    {"text": …} or {"text": …, "url": …}. `files` are ids of stored files.
    """

    id: int
    uid: UUID
    to: str
    to_name: str
    line: str
    subject: str
    text: str
    html: str
    language: str
    purpose: str
    kind: str
    demo: bool
    parts: int = 1
    one_click_url: str = ""
    preferences_url: str = ""
    thread: Mapping[str, Any] = field(default_factory=dict)
    files: Sequence[int] = ()


class Said:
    """What a provider said of a message."""

    SENT = "sent"  # it took the message
    DELIVERED = "delivered"  # it reached the recipient
    FAILED = "failed"  # it will not arrive, and trying again is no use
    AGAIN = "again"  # it was certainly not taken; another try may help
    UNKNOWN = "unknown"  # taken or not, nobody can say: never sent again by itself
    NEVER = "never"  # asked by our id, the provider has never seen it: may be sent


@dataclass(frozen=True)
class Outcome:
    """What became of one message at its provider. `code` is the provider's or ours, `text` its words, at most 500.

    `after` are seconds to wait before another try. `suppress` is a reason (see models.Reason) for which nothing more
    goes to this address, "" for none. The cost is in minor units where the provider says it.
    """

    id: int
    said: str
    provider_id: str = ""
    code: str = ""
    text: str = ""
    parts: int | None = None
    cost_minor: int | None = None
    currency: str = ""
    after: float = 0.0
    suppress: str = ""


@dataclass(frozen=True)
class Asked:
    """A message whose fate is asked for: by our id, and by the provider's where it is known."""

    id: int
    uid: UUID
    provider_id: str
    to: str


@dataclass(frozen=True)
class Carrier:
    """How a channel speaks. `name` is that of the channel, which is also its ConsentChannel.

    `accounts(demo)` are the ways out that are switched on, first first. `send(account, messages)` hands at most `batch`
    messages to the provider, outside of any transaction, and says of each what became of it; of those it says nothing
    of, and of all when it raises, nobody knows (Said.UNKNOWN). `look_up(account, asked)` asks the provider by our id,
    None where it can't be asked. `identity` is the kind of identity its addresses are. `rich`: it carries HTML and a
    subject; `files`: it carries files, as do rich ones. `spare` gives the names of those of its room's carriers that
    have a way out: people are offered it only there; None for one that always stands. `parts(text)` counts what a text
    is charged as. `closing(account, kind, language)` is what the law or the provider wants at a text's end. Where its
    addresses are no identities of customers, `addresses(customer_ids)` gives them, the best first: how each is
    compared, and how it is shown.
    """

    name: str
    label: Label
    icon: str
    identity: str
    accounts: Callable[[bool], Sequence[Account]]
    send: Callable[[Account, Sequence[Outgoing]], Sequence[Outcome]]
    order: int = 0
    batch: int = 50
    rich: bool = False
    look_up: Callable[[Account, Sequence[Asked]], Sequence[Outcome]] | None = None
    parts: Callable[[str], int] = lambda text: 1
    closing: Callable[[Account, str, str], str] = lambda account, kind, language: ""
    at_once: bool = (
        False  # a person waits before a page of ours: no quiet hours, and it is handed over within the house
    )
    addresses: Callable[[Sequence[int]], Mapping[int, Sequence[tuple[str, str]]]] | None = None
    files: bool = False
    spare: Callable[[bool], Collection[str]] | None = None
    notes: bool = False  # it notes each message by itself, right before it hands it over, and each answer

    @property
    def takes_files(self) -> bool:
        """Whether files may go along."""
        return self.rich or self.files


@dataclass(frozen=True)
class MergeField:
    """A word that a text may be merged with: {{name}}. `values(customer_ids, language)` gives plain strings by
    customer, of many at once; a customer without one is left out. `sample` is what previews show without a customer.
    """

    name: str
    label: Label
    values: Callable[[Sequence[int], str], Mapping[int, str]]
    sample: Mapping[str, str]
    order: int = 0


@dataclass(frozen=True)
class HookRequest:
    """What a provider sent to an account's address. `what` is the rest of the address, "" for none."""

    token: str
    what: str
    method: str
    query: Mapping[str, str]
    form: Mapping[str, str]
    body: bytes
    headers: Mapping[str, str]
    files: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class HookAnswer:
    """What the provider is told."""

    status: int = 200
    body: str = ""
    content_type: str = "text/plain; charset=utf-8"


@dataclass(frozen=True)
class Inbound:
    """What comes in from providers at /hooks/<name>/<token>/ of the public site. `receive` finds the account by the
    token (404 for none), checks what its provider signs, and takes what came twice once.
    """

    name: str
    receive: Callable[[HookRequest], HookAnswer]
