"""What happens in conversations with customers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class ConversationReceived:
    """Somebody wrote to us; `first` when it began a conversation. `customer_id` is None while nobody knows who."""

    conversation_id: int
    entry_id: int
    customer_id: int | None
    channel: str
    first: bool
    automatic: bool
    at: datetime
    demo: bool


@dataclass(frozen=True)
class ConversationAnswered:
    """We answered; `waited_s` are the seconds since the oldest of their words without an answer, None where all had."""

    conversation_id: int
    entry_id: int
    customer_id: int | None
    channel: str
    staff_id: int | None
    waited_s: int | None
    at: datetime
    demo: bool


@dataclass(frozen=True)
class ConversationChanged:
    """A conversation was assigned, snoozed, woken, closed, opened, merged or split; `what` names it."""

    conversation_id: int
    customer_id: int | None
    what: str
    at: datetime
    demo: bool


@dataclass(frozen=True)
class ValuableWaiting:
    """A customer of a class that the settings name has waited so long for an answer, in all seconds, that somebody is
    told; once for each waiting.
    """

    conversation_id: int
    customer_id: int
    value_class: str
    waited_s: int
    at: datetime
    demo: bool
