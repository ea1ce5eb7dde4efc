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
