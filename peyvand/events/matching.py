"""What the room `memory.matching` says has happened."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CustomersMerged:
    """The record `gone_id` went into `kept_id`; what was the one's is the other's."""

    kept_id: int
    gone_id: int
    change_set_id: int
    demo: bool


@dataclass(frozen=True)
class CustomersUnmerged:
    """A merge was taken back: both records are there again."""

    kept_id: int
    gone_id: int
    change_set_id: int
    demo: bool
