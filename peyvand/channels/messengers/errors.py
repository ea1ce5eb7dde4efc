"""What this room's verbs raise."""

from __future__ import annotations

from collections.abc import Mapping

from peyvand.foundation.registry.declarations import Label


class InvalidError(ValueError):
    """What was given can't be kept; `errors` says why, by field."""

    def __init__(self, errors: Mapping[str, Label]) -> None:
        super().__init__("; ".join(str(text) for text in errors.values()))
        self.errors = dict(errors)


class ChangedMeanwhileError(RuntimeError):
    """Somebody else saved it since it was read; `version` is the newest."""

    def __init__(self, *, version: int) -> None:
        super().__init__(version)
        self.version = version
