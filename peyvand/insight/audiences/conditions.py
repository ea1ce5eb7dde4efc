"""A tree of conditions: what may be asked, read from what was sent or kept, and put in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from peyvand.foundation.fields.declarations import Field
from peyvand.foundation.registry.actor import Actor
from peyvand.insight.audiences import asked, saying
from peyvand.insight.audiences.reading import Reading
from peyvand.insight.audiences.saying import Piece
from peyvand.insight.audiences.tree import Tree
from peyvand.memory.customers.declarations import Behaviour

__all__ = ["Piece", "behaviour_fields", "offered", "plain", "read", "said"]


def offered(*, actor: Actor) -> tuple[dict[str, Field], list[Behaviour]]:
    """What the actor may ask: the fields of a customer by name, and behaviours."""
    found = [one for one in asked.behaviours().values() if asked.may_ask(actor, one)]
    return asked.fields(actor), found


def behaviour_fields(*, actor: Actor, behaviour: Behaviour) -> dict[str, Field]:
    """What a time of the behaviour can be asked for, by name."""
    return {one.name: one for one in behaviour.fields(actor)}


def read(tree: Mapping[str, Any], *, actor: Actor, audience: int | None = None) -> Tree:
    """Read a tree; ConditionRefusedError where it makes no sense or asks for what the actor may not.

    `audience` is the one whose tree it is, which it may not contain.
    """
    return Reading(actor, itself=audience).tree(tree)


def said(tree: Tree | Mapping[str, Any], *, actor: Actor, reading: Reading | None = None) -> list[Piece]:
    """The tree as a sentence in the reader's language; what is kept from the reader, or is no more, is said so.
    `reading` is the actor's, a lenient one, where several are said.
    """
    found = (reading or Reading(actor, lenient=True)).tree(tree.kept if isinstance(tree, Tree) else tree)
    return saying.sentence(found)


def plain(tree: Tree | Mapping[str, Any], *, actor: Actor, reading: Reading | None = None) -> str:
    """The same as one string."""
    return "".join(piece.text for piece in said(tree, actor=actor, reading=reading))
