"""What each order was charged, of what orders drive and of entries for one order. Heavy: a child of the worker only.

An order's part is its quota, weight × amount ÷ Σ weights, all entries of a kind together rounded once to a whole minor
unit; customers are charged exactly (charging.py), so that sums of orders may differ from these by rounding. What is
charged by contacts, new or active customers is in no order.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Final

import ibis
import pyarrow as pa
from pyarrow import csv

from peyvand.insight.value.charging import Charges
from peyvand.insight.value.frames import Frame, Table
from peyvand.insight.value.person import KINDS
from peyvand.insight.value.weighing import ORDER_DRIVERS, matched

ROWS: Final = 100_000  # of a block


def of_orders(frame: Frame, made: Charges) -> Table | None:
    """One row an order that anything was charged to: order, then an amount of each of KINDS, minor units; None where
    nothing drives by orders.
    """
    parts = [part for driver in ORDER_DRIVERS for by_product in (False, True)
             if (part := _driven(frame, made, driver, by_product=by_product)) is not None]  # fmt: skip
    if made.own:
        keys = list(made.own)
        own = ibis.memtable(
            {"order": [order for order, _kind in keys], "kind": [KINDS.index(kind) for _order, kind in keys],
             "amount": [float(made.own[key]) for key in keys]},
            schema={"order": "int64", "kind": "int64", "amount": "float64"},
        )  # fmt: skip
        kept = frame.orders.select(kept="id")
        parts.append(own.semi_join(kept, own.order == kept.kept))
    if not parts:
        return None
    found = ibis.union(*parts) if len(parts) > 1 else parts[0]
    sums = {
        kind: found.amount.sum(where=found.kind == at).fill_null(0.0).round().cast("int64")
        for at, kind in enumerate(KINDS)
    }
    summed = found.group_by("order").agg(**sums)
    return summed.filter(ibis.or_(*(summed[kind] != 0 for kind in KINDS))).order_by("order")


def _driven(frame: Frame, made: Charges, driver: str, *, by_product: bool) -> Table | None:
    of = [(group, each) for group, each in made.each if group.driver == driver and bool(group.product) is by_product]
    if not of:
        return None
    joined = matched(frame, driver, [group for group, _each in of], bare=False)
    prices = ibis.memtable(
        {"place": list(range(len(of))), "kind": [KINDS.index(group.kind) for group, _each in of],
         "each": [each for _group, each in of]},
        schema={"place": "int64", "kind": "int64", "each": "float64"},
    )  # fmt: skip
    priced = joined.inner_join(prices, joined.gid == prices.place)
    return priced.select(
        order=priced.order.cast("int64"), kind=priced.kind, amount=priced.weight.cast("float64") * priced.each
    )


def blocks(table: Table) -> Iterator[bytes]:
    """The rows as blocks of CSV without a heading."""
    for batch in table.to_pyarrow().to_batches(max_chunksize=ROWS):
        made = BytesIO()
        csv.write_csv(pa.Table.from_batches([batch]), made, csv.WriteOptions(include_header=False))
        yield made.getvalue()
