"""The value of contracts beside that of purchases: together the lifetime value. Heavy: not for the web process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from peyvand.insight.value.lifetime import Ahead, Foretold
from peyvand.insight.value.person import Worth

TENTHS = 10


def joined(ahead: Foretold, worth: Mapping[int, Worth]) -> Foretold:
    """What is foretold of purchases, with what running contracts are expected to bring on top.

    Customers of whom no purchase is foretold get the value of their contracts alone. In the payload `total`,
    `less_loss` and `tenths` hold contracts of those of whom purchases are foretold; `contracts` says of how many
    customers contracts run, and what they bring: `beside` purchases, and `alone`.
    """
    if not worth:
        return ahead
    people = dict(ahead.people)
    for customer, one in worth.items():
        bought = people.get(customer)
        people[customer] = (
            Ahead(None, None, one.ahead) if bought is None else replace(bought, value=bought.value + one.ahead)
        )
    beside = sum(one.ahead for customer, one in worth.items() if customer in ahead.people)
    alone = sum(one.ahead for one in worth.values()) - beside
    payload: dict[str, Any] = dict(ahead.payload)
    payload["contracts"] = {"customers": len(worth), "beside": beside, "alone": alone}
    if payload["state"] == "on":
        payload["total"] += beside
        payload["less_loss"] += beside
        values = np.sort(np.array([people[customer].value for customer in ahead.people], dtype=float))[::-1]
        payload["tenths"] = [
            {"customers": len(part), "value": round(float(part.sum()))}
            for part in np.array_split(values, TENTHS) if len(part)
        ]  # fmt: skip
    return Foretold(payload, people)
