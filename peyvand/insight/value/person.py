"""What a computation says of one customer; light, so that keeping it needs no heavy library."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

KINDS: Final = ("acquisition", "sale", "service", "delivery", "operation")  # of costs, as commerce has them


@dataclass(frozen=True)
class Person:
    """One customer of a snapshot; amounts in minor units.

    `alive`, `expected_orders` and `lifetime` are None where nothing is foretold. `goods` is what was sold to them cost,
    where that is known; `costs` what they were charged, in the order of KINDS; `net` the revenue less all of it.
    """

    customer_id: int
    rfm_class: str
    r: int
    f: int
    m: int
    silence: int
    rhythm: float | None
    orders: int
    frequency: int
    monetary: int
    revenue: int
    margin: int | None
    margin_share: float
    rank: int
    slipping: bool
    first_day: date
    last_day: date
    alive: float | None = None
    expected_orders: float | None = None
    lifetime: int | None = None
    goods: int = 0
    costs: tuple[int, ...] = (0, 0, 0, 0, 0)

    @property
    def net(self) -> int:
        """Net worth to date: revenue less the cost of goods, where known, and less what was charged."""
        return self.revenue - self.goods - sum(self.costs)


@dataclass(frozen=True)
class Scored:
    """One customer of a scoring; `amount` in minor units."""

    customer_id: int
    rfm_class: str
    r: int
    f: int
    m: int
    silence: int
    frequency: int
    amount: int


@dataclass(frozen=True)
class Worth:
    """The running contracts of one customer in one currency; amounts are margin in minor units, discounted.

    `sure` comes of the terms that run, `ahead` with the renewals expected within the months of the settings, `whole`
    over the whole time that is expected (None where interest is nought). `stays`: the chance that one of the contracts
    still runs at the end of those months, None where nothing is foretold of renewals. `monthly` is paid a month now.
    """

    contracts: int
    monthly: int
    sure: int
    ahead: int
    whole: int | None
    stays: float | None
