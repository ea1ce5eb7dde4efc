"""Why a verb of this room was not done; `str()` is a sentence for people."""

from __future__ import annotations


class MappingError(ValueError):
    """The columns do not suffice, or a question is open; `str()` says what is missing."""


class StateError(RuntimeError):
    """The import is not in a state for this verb; `str()` says so."""
