"""What the verbs of this room refuse, in words for people."""

from __future__ import annotations

from collections.abc import Mapping

from peyvand.foundation.registry.declarations import Label


class InvalidError(ValueError):
    """Values that can't be kept; `errors` says, by field, what to type instead ("" for the whole)."""

    def __init__(self, errors: Mapping[str, Label]) -> None:
        super().__init__("; ".join(str(message) for message in errors.values()))
        self.errors = dict(errors)


class ChangedMeanwhileError(RuntimeError):
    """Somebody else changed the form since it was read; `version` is the newest."""

    def __init__(self, *, version: int) -> None:
        super().__init__(version)
        self.version = version


class ClosedError(LookupError):
    """The form takes nothing, or not from where it was asked for."""


class StampError(ValueError):
    """The page's stamp is none of ours, or too old: show the page again with what was typed and a new stamp."""


class BusyError(RuntimeError):
    """Too much came from there, or to this form, within the hour; nothing was kept, and trying later helps."""
