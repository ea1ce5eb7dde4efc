"""How many rows went out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass
class Counted:
    """Rows that went out so far, without the head; given to an export by who wants to know."""

    rows: int = 0

    def through(self, rows: Iterable[Any]) -> Iterator[Any]:
        """The rows as they are, counted; the first is the head."""
        for place, row in enumerate(rows):
            self.rows = place
            yield row
