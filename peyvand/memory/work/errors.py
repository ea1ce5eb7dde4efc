"""What the verbs of this room refuse, in words for people."""

from __future__ import annotations

from collections.abc import Mapping

from peyvand.foundation.registry.declarations import Label


class InvalidError(ValueError):
    """Values that can't be kept; `errors` says, by field, what to type instead ("" for the whole)."""

    def __init__(self, errors: Mapping[str, Label]) -> None:
        super().__init__("; ".join(str(message) for message in errors.values()))
        self.errors = dict(errors)


class ConflictError(RuntimeError):
    """Somebody changed the working hours since they were read."""
