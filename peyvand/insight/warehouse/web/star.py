"""The picture of the star: a box a fact, a line from each column that leads to another fact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from peyvand.foundation.registry.declarations import Label, WarehouseFact

WIDTH, HEIGHT = 188, 46  # of a box, in pixels
ACROSS, DOWN = 60, 18  # between boxes


@dataclass(frozen=True)
class Box:
    """A fact in the picture; x and y are its upper left corner."""

    name: str
    label: Label
    x: int
    y: int

    @property
    def middle(self) -> int:
        """Where its words are centred."""
        return self.x + WIDTH // 2


@dataclass(frozen=True)
class Star:
    """Boxes in columns by how many steps they lead on, and the curves between them."""

    width: int
    height: int
    boxes: Sequence[Box]
    curves: Sequence[str]


def drawn(facts: Sequence[WarehouseFact]) -> Star:
    """What is led to stands left of what leads there."""
    by_name = {fact.name: fact for fact in facts}

    @cache
    def depth(name: str) -> int:
        on = {target for target in by_name[name].leads.values() if target != name and target in by_name}
        return 1 + max(map(depth, on), default=-1)

    columns: dict[int, list[str]] = {}
    for fact in facts:
        columns.setdefault(depth(fact.name), []).append(fact.name)
    tallest = max(map(len, columns.values()), default=0)
    height = tallest * (HEIGHT + DOWN) + DOWN
    boxes: dict[str, Box] = {}
    for step, names in columns.items():
        top = (height - len(names) * (HEIGHT + DOWN) + DOWN) // 2
        for place, name in enumerate(names):
            x, y = 1 + step * (WIDTH + ACROSS), top + place * (HEIGHT + DOWN)
            boxes[name] = Box(name=name, label=by_name[name].label, x=x, y=y)
    curves = [
        _curve(boxes[fact.name], boxes[target])
        for fact in facts
        for target in dict.fromkeys(fact.leads.values())
        if target != fact.name and target in boxes
    ]
    width = len(columns) * (WIDTH + ACROSS) - ACROSS + 2
    return Star(width=width, height=height, boxes=list(boxes.values()), curves=curves)


def _curve(one: Box, other: Box) -> str:
    """From the left edge of one box to the right edge of the other."""
    from_x, from_y = one.x, one.y + HEIGHT // 2
    to_x, to_y = other.x + WIDTH, other.y + HEIGHT // 2
    bend = ACROSS // 2
    return f"M{from_x} {from_y}C{from_x - bend} {from_y} {to_x + bend} {to_y} {to_x} {to_y}"
