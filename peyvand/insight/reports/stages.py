"""The stages of the funnel, and which of a customer's moments are on the way.

Aware and advocate stand in the list, so that the page says that they are not recorded; they have no moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

AWARE, VISITOR, KNOWN, LEAD, CUSTOMER, REPEAT, ADVOCATE = (
    "aware", "visitor", "known", "lead", "customer", "repeat", "advocate",
)  # fmt: skip
STAGES = (AWARE, VISITOR, KNOWN, LEAD, CUSTOMER, REPEAT, ADVOCATE)
RECORDED = (VISITOR, KNOWN, LEAD, CUSTOMER, REPEAT)


@dataclass(frozen=True)
class Steps:
    """When each stage was reached; None where it was not, or only after a later one."""

    visitor: datetime | None = None
    known: datetime | None = None
    lead: datetime | None = None
    customer: datetime | None = None
    repeat: datetime | None = None

    @property
    def moments(self) -> tuple[datetime | None, ...]:
        """In the order of RECORDED."""
        return (self.visitor, self.known, self.lead, self.customer, self.repeat)


def on_the_way(*moments: datetime | None) -> Steps:
    """The moments of RECORDED, in order, without those that come after a later stage: the moments that are left never
    go backwards, and the last stage that was reached is always among them.
    """
    kept: list[datetime | None] = []
    nearest: datetime | None = None
    for moment in reversed(moments):
        on = moment is not None and (nearest is None or moment <= nearest)
        kept.append(moment if on else None)
        nearest = moment if on else nearest
    return Steps(*reversed(kept))
