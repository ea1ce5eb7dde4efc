"""The pieces that rooms put on another room's screen, chosen by right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Panel
from peyvand.foundation.registry.registry import registry


@dataclass(frozen=True)
class Block:
    """A panel with what its template needs."""

    panel: Panel
    context: Mapping[str, Any]


def panels(*, screen: str, slot: str, actor: Actor) -> tuple[Panel, ...]:
    """The panels of a slot that the actor may see, in their order; nothing is computed yet."""
    return tuple(
        panel
        for panel in registry.all(Panel)
        if panel.screen == screen and panel.slot == slot and (panel.permission is None or actor.may(panel.permission))
    )


def blocks(*, screen: str, slot: str, actor: Actor, subject: Any, query: Mapping[str, str]) -> tuple[Block, ...]:
    """The slot's panels with their contexts; those that have nothing to say about the subject are left out."""
    found = ((panel, panel.context(actor, subject, query)) for panel in panels(screen=screen, slot=slot, actor=actor))
    return tuple(Block(panel=panel, context=context) for panel, context in found if context is not None)
