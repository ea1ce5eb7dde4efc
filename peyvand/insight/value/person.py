"""What a computation says of one customer; light, so that keeping it needs no heavy library."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Person:
    """One customer of a snapshot; amounts in minor units. The last three are None where nothing is foretold."""

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
