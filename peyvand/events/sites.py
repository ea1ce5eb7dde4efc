"""What happens to visitors of our sites."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class VisitorKnown:
    """It is known who a visitor is: `key` as on their interactions, `how` as sites.Proof."""

    visitor_id: int
    key: str
    customer_id: int
    how: str
    demo: bool
