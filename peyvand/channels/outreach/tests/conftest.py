"""A provider of our own, in the test's process: it takes messages, and fails as it is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from peyvand.channels.outreach.declarations import Account, Asked, Carrier, Outcome, Outgoing, Said
from peyvand.foundation.registry.actor import Actor, system_actor
from peyvand.foundation.registry.registry import registry
from peyvand.memory.consents.services import ConsentRow, consents_write, purposes_ensure
from peyvand.memory.customers.models import Customer
from peyvand.memory.customers.services import CustomerData, IdentityData, customer_create


@dataclass
class Provider:
    """What it was handed, and what it says."""

    channel: str
    account: Account
    taken: list[Outgoing] = field(default_factory=list)
    answers: Callable[[Outgoing], Outcome | None] | None = None
    raises: Exception | None = None
    knows: dict[int, str] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def accounts(self, demo: bool) -> Sequence[Account]:
        return [] if demo else [self.account]

    def send(self, account: Account, messages: Sequence[Outgoing]) -> Sequence[Outcome]:
        self.taken += messages
        if self.raises is not None:
            raise self.raises
        said = [self.answers(one) if self.answers else Outcome(one.id, Said.SENT, f"p{one.id}") for one in messages]
        return [one for one in said if one is not None]

    def look_up(self, account: Account, asked: Sequence[Asked]) -> Sequence[Outcome]:
        self.asked += asked
        return [Outcome(one.id, self.knows.get(one.id, Said.UNKNOWN), f"p{one.id}") for one in asked]


@dataclass
class Providers:
    """The two channels of the tests."""

    sms: Provider
    email: Provider


@pytest.fixture
def providers(monkeypatch: pytest.MonkeyPatch) -> Providers:
    """Text messages (can be asked what became of them) and e-mail (can't), in place of what rooms declare."""
    sms = Provider("sms", Account(1, "line", "+98100", order=1, price_minor=120, currency="IRR"))
    email = Provider("email", Account(2, "box", "hello@house.ir", order=1))
    declared: dict[str, Any] = {
        "sms": Carrier(
            "sms", "Text message", "message-2", "phone", sms.accounts, sms.send, order=10, look_up=sms.look_up,
            parts=lambda text: -(-len(text) // 70),
        ),
        "email": Carrier("email", "E-mail", "mail", "email", email.accounts, email.send, order=20, rich=True),
    }  # fmt: skip
    monkeypatch.setitem(registry._by_kind, Carrier, declared)
    return Providers(sms, email)


@pytest.fixture
def actor(db: None) -> Actor:
    """The system, in one's own business, with the starting purposes."""
    purposes_ensure(demo=False)
    return system_actor()


@pytest.fixture
def person(actor: Actor) -> Callable[..., Customer]:
    """Makes a customer with a phone and an address, who allows what is named: person(allows=["sms"])."""
    number = iter(range(1, 10_000))

    def make(*, allows: Sequence[str] = (), purpose: str = "news", name: str = "", **more: Any) -> Customer:
        n = next(number)
        made = customer_create(
            actor=actor,
            data=CustomerData(
                name=name or f"مریم کیانی {n}",
                identities=[
                    IdentityData(kind="phone", value=f"0912{n:07d}"), IdentityData(kind="email", value=f"m{n}@home.ir"),
                ],
                **more,
            ),
        )  # fmt: skip
        rows = [ConsentRow(made.pk, purpose, channel, "given", "form") for channel in allows]
        consents_write(actor=actor, rows=rows)
        return made

    return make
