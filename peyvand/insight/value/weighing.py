"""Among whom a driver shares what was spent, and by what weight. Heavy: imported in a child of the worker only.

Weights are whole numbers: orders, minor units of their value, thousandths of a piece, contacts, seconds, or 1 for each
customer. An order or a contact of nobody known weighs for NOBODY.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import ibis
import numpy as np
from ibis import _

from peyvand.foundation.money.currencies import exponent_of
from peyvand.insight.value.frames import Frame, Table, once
from peyvand.insight.value.sharing import Whole

NOBODY: Final = 0
ACTIVE_DAYS = 90  # before the end of an entry's days: who bought in them is an active customer
PIECES = 1_000  # quantities are weighed in thousandths
ORDER_DRIVERS = ("order", "order_value", "quantity")
CONTACT_DRIVERS = ("interaction", "service_minute")


@dataclass(frozen=True)
class Group:
    """What is charged in one go: kind, driver, narrowing, days (both included)."""

    kind: str
    driver: str
    source: str
    channel: str
    product: int
    contact: str
    first: date
    last: date


def weighed(frame: Frame, groups: Sequence[Group], *, bare: bool = False) -> dict[Group, tuple[Whole, Whole]]:
    """Customers and their whole weights in each group, in the order of ids; both empty where there is nobody.

    `bare`: of contacts only those of which no cost is known by itself.
    """
    found = {group: (np.zeros(0, np.int64), np.zeros(0, np.int64)) for group in groups}
    for driver in dict.fromkeys(group.driver for group in groups):
        for by_product in (False, True):
            of = [group for group in groups if group.driver == driver and bool(group.product) is by_product]
            if of:
                found |= _by_driver(frame, driver, of, bare=bare)
    return found


def _by_driver(frame: Frame, driver: str, groups: list[Group], *, bare: bool) -> dict[Group, tuple[Whole, Whole]]:
    joined = matched(frame, driver, groups, bare=bare)
    weight = joined.weight.max() if driver == "customer" else joined.weight.sum()
    rows = (
        joined.group_by("gid", "who").agg(weight=weight.cast("int64")).filter(_.weight > 0).order_by(["gid", "who"])
    ).to_pyarrow()
    gid, who, weights = (rows[name].to_numpy().astype(np.int64) for name in ("gid", "who", "weight"))
    ends = np.searchsorted(gid, np.arange(len(groups) + 1))
    return {group: (who[ends[at] : ends[at + 1]], weights[ends[at] : ends[at + 1]]) for at, group in enumerate(groups)}


def matched(frame: Frame, driver: str, groups: Sequence[Group], *, bare: bool) -> Table:
    """What each group, by its place `gid`, is shared among: who, weight and, of what orders drive, the order."""
    base = _base(frame, driver, by_product=bool(groups[0].product), bare=bare)
    by_source = any(group.source for group in groups)
    base = _with_source(frame, base) if by_source else base.mutate(source=ibis.literal(""))
    asked = ibis.memtable(
        {
            "gid": list(range(len(groups))),
            "first": [_since(group) for group in groups],
            "last": [group.last for group in groups],
            "of_source": [group.source for group in groups],
            "of_channel": [group.channel for group in groups],
            "of_product": [group.product for group in groups],
            "of_contact": [group.contact for group in groups],
        },
        schema={
            "gid": "int64", "first": "date", "last": "date", "of_source": "string", "of_channel": "string",
            "of_product": "int64", "of_contact": "string",
        },
    )  # fmt: skip
    return base.inner_join(
        asked,
        [
            base.day >= asked.first,
            base.day <= asked.last,
            (asked.of_source == "") | (base.source == asked.of_source),
            (asked.of_channel == "") | (base.channel == asked.of_channel),
            (asked.of_product == 0) | (base.product == asked.of_product),
            (asked.of_contact == "") | (base.contact == asked.of_contact),
        ],
    )


def _since(group: Group) -> date:
    if group.driver == "customer":
        return min(group.first, group.last - timedelta(days=ACTIVE_DAYS - 1))
    return group.first


def _base(frame: Frame, driver: str, *, by_product: bool, bare: bool) -> Table:
    """What is weighed: who (NOBODY where not known), day, channel, product, contact, weight."""
    if driver in CONTACT_DRIVERS:
        return _contact_base(frame, driver, bare=bare)
    if driver in ("new_customer", "customer"):
        sales = frame.sales
        if driver == "new_customer":
            found = sales.group_by("customer_id").agg(day=sales.placed_at_day.min())
        else:
            found = once(sales, "customer_id", "placed_at_day").rename(day="placed_at_day")
        return found.select(
            who=found.customer_id.cast("int64"), day=found.day, channel=ibis.literal(""),
            product=ibis.literal(0).cast("int64"), contact=ibis.literal(""), weight=ibis.literal(1).cast("int64"),
        )  # fmt: skip
    sales = frame.orders.filter(_.kind == "sale")
    sales = sales.mutate(who=sales.customer_id.fill_null(NOBODY).cast("int64"), day=sales.placed_at_day)
    if not by_product and driver != "quantity":
        value = sales.net_minor if driver == "order_value" else ibis.literal(1)
        return sales.select(
            order=sales.id, who=sales.who, day=sales.day, channel=sales.channel, product=ibis.literal(0).cast("int64"),
            contact=ibis.literal(""), weight=ibis.greatest(value, 0).cast("int64"),
        )  # fmt: skip
    lines = frame.backend.table("order_lines").select("order_id", "product_id", "quantity", "net")
    scale = 10 ** exponent_of(frame.currency)
    summed = lines.group_by("order_id", "product_id").agg(
        pieces=(lines.quantity.sum().cast("float64") * PIECES).round().cast("int64"),
        worth=(lines.net.sum().cast("float64") * scale).round().cast("int64"),
    )
    joined = summed.inner_join(sales.select("id", "who", "day", "channel"), summed.order_id == sales.id)
    value = {"quantity": joined.pieces, "order_value": joined.worth}.get(driver, ibis.literal(1))
    return joined.select(
        order=joined.order_id, who=joined.who, day=joined.day, channel=joined.channel,
        product=joined.product_id.fill_null(0).cast("int64"), contact=ibis.literal(""),
        weight=ibis.greatest(value, 0).cast("int64"),
    )  # fmt: skip


def _contact_base(frame: Frame, driver: str, *, bare: bool) -> Table:
    """Contacts in which one of us took part or of which a cost or a duration is known, by customer."""
    found = frame.backend.table("interactions").filter(_.demo == frame.demo, _.at_day <= ibis.literal(frame.as_of))
    found = found.filter(_.staff_id.notnull() | _.cost_minor.notnull() | _.duration_s.notnull())
    if bare:
        found = found.filter(_.cost_minor.isnull(), _.duration_s.isnull())
    seconds = found.duration_s.fill_null(0) if driver == "service_minute" else ibis.literal(1)
    return found.select(
        who=found.customer_id.fill_null(NOBODY).cast("int64"), day=found.at_day, channel=found.channel,
        product=ibis.literal(0).cast("int64"), contact=found.kind, weight=seconds.cast("int64"),
    )  # fmt: skip


def _with_source(frame: Frame, base: Table) -> Table:
    customers = frame.backend.table("customers")
    of = customers.filter(customers.demo == frame.demo).select(whose="id", source=customers.source.lower().strip())
    joined = base.left_join(of, base.who == of.whose)
    return joined.mutate(source=joined.source.fill_null("")).drop("whose")
