"""What happens to data that comes in from files."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TransferFinished:
    """An import has ended and its rows are there. `shape` is the name of its ImportShape."""

    import_id: int
    shape: str
    demo: bool


@dataclass(frozen=True)
class TransferUndone:
    """An import has been taken back; rows edited since may have stayed."""

    import_id: int
    shape: str
    demo: bool
