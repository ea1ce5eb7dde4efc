"""What a merge refuses, in words for people."""

from __future__ import annotations

from peyvand.foundation.registry.declarations import Label


class MergeError(ValueError):
    """These two can't be merged, or not taken apart; `message` says why and what to do."""

    def __init__(self, message: Label) -> None:
        super().__init__(str(message))
        self.message = message


class SameRecordError(MergeError):
    """Both are one record already, as after somebody else's merge."""
