"""What other rooms declare to this one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FilePurpose:
    """What files are kept for, as "transfer.import". Those with the permission may have them besides their owner."""

    name: str
    permission: str | None = None
    max_bytes: int | None = None
