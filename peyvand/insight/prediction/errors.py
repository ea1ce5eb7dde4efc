"""What can't be computed, said in a sentence."""

from __future__ import annotations


class CannotTellError(ValueError):
    """The data do not allow the answer; `str()` is one sentence that says why and what to do."""
