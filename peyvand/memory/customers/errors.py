"""What the verbs of this room refuse, in words for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from peyvand.foundation.registry.declarations import Label


class InvalidError(ValueError):
    """Values that can't be kept; `errors` says, by field, what to type instead ("" for the whole)."""

    def __init__(self, errors: Mapping[str, Label]) -> None:
        super().__init__("; ".join(str(message) for message in errors.values()))
        self.errors = dict(errors)


@dataclass(frozen=True)
class Theirs:
    """A change that somebody made meanwhile: which field, and what it is now."""

    field: str
    value: object


class ConflictError(RuntimeError):
    """The record was changed since it was read. `by` is "" when it isn't known who did."""

    def __init__(self, *, version: int, by: str, at: datetime | None, theirs: Sequence[Theirs]) -> None:
        super().__init__(f"changed to version {version} by {by or 'somebody'}")
        self.version = version
        self.by = by
        self.at = at
        self.theirs = tuple(theirs)
