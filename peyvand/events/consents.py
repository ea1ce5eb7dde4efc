"""What happens to what customers allow. Bulk verbs publish one event a batch."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ConsentsChanged:
    """These customers gave, refused or took back a consent; `purposes` and `channels` name which, in order."""

    customer_ids: tuple[int, ...]
    purposes: tuple[str, ...]
    channels: tuple[str, ...]
    demo: bool
