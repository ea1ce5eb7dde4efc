"""What this room's verbs raise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from peyvand.foundation.registry.declarations import Label

if TYPE_CHECKING:
    from peyvand.channels.conversations.models import Entry


class InvalidError(ValueError):
    """What was given can't be done; `errors` says why, by field."""

    def __init__(self, errors: Mapping[str, Label]) -> None:
        super().__init__("; ".join(str(text) for text in errors.values()))
        self.errors = dict(errors)


class SaidMeanwhileError(RuntimeError):
    """Something was said since one began to write; `entries` are what came, oldest first."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        super().__init__(len(entries))
        self.entries = list(entries)


class ChangedMeanwhileError(RuntimeError):
    """Somebody else has changed it since one began; `version` is that of now."""

    def __init__(self, *, version: int) -> None:
        super().__init__(version)
        self.version = version
