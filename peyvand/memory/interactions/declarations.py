"""What other rooms declare to this one: their kinds of interaction and how these read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from peyvand.foundation.registry.declarations import Label


@dataclass(frozen=True)
class InteractionKind:
    """A kind of contact, declared by the room that records it.

    `summary(payload, language)` is one line of plain text: what happened. `template` draws more under it (it gets
    `interaction` and `payload`), "" for nothing. `tone` is one of the avatar grounds 0–6, None for quiet ones. `note`
    is for what only staff see. `url(payload, source_id)` opens the record behind it, "" for none.
    """

    name: str  # "order.placed"
    label: Label
    icon: str
    summary: Callable[[Mapping[str, Any], str], str]
    channel: str = ""
    template: str = ""
    tone: int | None = None
    note: bool = False
    url: Callable[[Mapping[str, Any], int | None], str] | None = None
    amount: Callable[[Mapping[str, Any], str], str] | None = None
    order: int = 0
    searched: Sequence[str] = ("text", "subject", "number")  # names in the payload whose text is found by searching
    permission: str | None = None  # a right that seeing this kind needs besides
