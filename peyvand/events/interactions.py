"""What was recorded of contacts with customers. Bulk verbs publish one event a batch."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class InteractionsRecorded:
    """New contacts are on the timeline; customers known only."""

    interaction_ids: tuple[int, ...]
    customer_ids: tuple[int, ...]
    kinds: tuple[str, ...]
    demo: bool


@dataclass(frozen=True)
class InteractionsRemoved:
    """A note, call or meeting was taken off the timeline again."""

    interaction_ids: tuple[int, ...]
    customer_ids: tuple[int, ...]
    demo: bool


@dataclass(frozen=True)
class InteractionsMoved:
    """History came to these customers, or left them, as when an unknown visitor becomes known."""

    customer_ids: tuple[int, ...]
    demo: bool
