"""A tree of conditions: read from what was sent or kept, and put in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from peyvand.foundation.fields.declarations import Field
from peyvand.foundation.registry.actor import Actor
from peyvand.insight.audiences.tree import Tree
from peyvand.memory.customers.declarations import Behaviour


@dataclass(frozen=True)
class Piece:
    """A piece of a sentence; the strong ones are what was chosen."""

    text: str
    strong: bool = False


def offered(*, actor: Actor) -> tuple[dict[str, Field], list[Behaviour]]:
    """What the actor may ask: the fields of a customer by name, and behaviours."""
    raise NotImplementedError


def read(tree: Mapping[str, Any], *, actor: Actor, audience: int | None = None) -> Tree:
    """Read a tree; ConditionRefusedError where it makes no sense or asks for what the actor may not.

    `audience` is the one whose tree it is, which it may not contain.
    """
    raise NotImplementedError


def said(tree: Tree | Mapping[str, Any], *, actor: Actor) -> list[Piece]:
    """The tree as a sentence in the reader's language; what is kept from the reader, or is no more, is said so."""
    raise NotImplementedError


def plain(tree: Tree | Mapping[str, Any], *, actor: Actor) -> str:
    """The same as one string."""
    return "".join(piece.text for piece in said(tree, actor=actor))
