"""What happens to the sample business as a whole."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SampleLoaded:
    """The rows of the sample business are there."""

    rows: int
    demo: bool = True


@dataclass(frozen=True)
class SampleRemoved:
    """The rows of the sample business are gone."""

    rows: int
    demo: bool = True
