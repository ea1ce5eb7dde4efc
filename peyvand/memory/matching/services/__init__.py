"""The verbs of who is who: decide on a pair, merge, take a merge back."""

from __future__ import annotations

from peyvand.memory.matching.services.deciding import different, later
from peyvand.memory.matching.services.merging import (
    Merged,
    MergedBatch,
    Unmerged,
    followed,
    merge,
    merge_many,
    unmerge,
    unmerge_batch,
)

__all__ = [
    "Merged",
    "MergedBatch",
    "Unmerged",
    "different",
    "followed",
    "later",
    "merge",
    "merge_many",
    "unmerge",
    "unmerge_batch",
]
