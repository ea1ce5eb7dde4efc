"""What became of messages to customers. Bulk verbs publish one event a batch."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class MessagesSettled:
    """It is known what became of these: `states` (sent, delivered, failed) stand in the order of the ids."""

    message_ids: tuple[int, ...]
    states: tuple[str, ...]
    demo: bool


@dataclass(frozen=True)
class AddressSuppressed:
    """Nothing goes to an address of this customer any more over that channel."""

    customer_id: int | None
    channel: str
    reason: str
    demo: bool


@dataclass(frozen=True)
class PreferencesChanged:
    """A customer has changed what they allow or prefer on their own page."""

    customer_id: int
    demo: bool
