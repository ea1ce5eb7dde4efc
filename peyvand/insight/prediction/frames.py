"""The relational part of prediction, as Ibis expressions over the warehouse's tables. Heavy: children only."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
from ibis import _
from ibis.common.exceptions import TableNotFound

from peyvand.insight.prediction.numbers import Bools, Floats
from peyvand.insight.value.frames import Frame, once

RECENT = 90  # days
UNPAID_DAYS = 30  # after which what is not paid is owed for long
MUCH_BACK = 0.3  # of the purchases, from which much goes back
FEATURES = (
    "recency", "rhythm", "ratio", "frequency", "tenure", "monetary", "basket", "recent_orders", "recent_share",
    "returned", "products",
)  # fmt: skip
CONTRACT = ("contract_left", "contract_terms")  # known only of customers with contracts
# What is known of each beforehand: longer silence never lowers the risk of leaving, more purchases never raise it.
DIRECTIONS = {"recency": 1, "ratio": 1, "frequency": -1, "recent_orders": -1, "monetary": -1, "products": -1}
Table = Any  # ibis has no stubs
Ids = np.ndarray[Any, np.dtype[np.int64]]


def at(frame: Frame, day: date) -> Frame:
    """The same business and currency on another day: what is known of orders up to it."""
    return replace(frame, as_of=day)


def active(frame: Frame) -> Ids:
    """Ids, in order, of the customers who bought within the window: those of whom there is a row in `known`."""
    sales = frame.sales.filter(_.placed_at_day >= ibis.literal(frame.window_start))
    found = once(sales, "customer_id").order_by("customer_id").to_pyarrow()
    return np.asarray(found["customer_id"].to_numpy(), dtype=np.int64)


def business_table(frame: Frame, name: str) -> Table | None:
    """The business's rows of a fact that may not be there."""
    try:
        return frame.backend.table(name).filter(_.demo == frame.demo)
    except TableNotFound:
        return None


def known(frame: Frame, *, only: Ids | None = None) -> dict[str, Any]:
    """Columns of the customers who bought within the window, in order of their ids: `customer_id`, `last_day`, and
    `x`, the features of FEATURES (nan where not known). Amounts in minor units, shares of the window's sales. With
    `only`, of these customers alone.
    """
    start, recent = ibis.literal(frame.window_start), ibis.literal(frame.as_of - timedelta(days=RECENT - 1))
    asked = _of(only, frame.deals)
    deals = asked.select("id", "customer_id", "placed_at_day", "kind", "net_minor")
    sale, lately, late = deals.kind == "sale", deals.placed_at_day >= start, deals.placed_at_day >= recent
    base = deals.group_by("customer_id").agg(
        first_day=deals.placed_at_day.min(where=sale),
        last_day=deals.placed_at_day.max(where=sale),
        frequency=(sale & lately).sum().cast("float64"),
        monetary=deals.net_minor.sum(where=lately).fill_null(0).cast("float64"),
        sold=deals.net_minor.sum(where=sale & lately).cast("float64"),
        back=deals.net_minor.sum(where=~sale & lately).fill_null(0).cast("float64"),
        recent=deals.net_minor.sum(where=late).fill_null(0).cast("float64"),
        recent_orders=(sale & late).sum().cast("float64"),
    )
    base = base.filter(_.frequency > 0)
    gaps = _gaps(deals.filter(_.kind == "sale"))
    rhythm = gaps.group_by("customer_id").agg(rhythm=gaps.gap.cast("float64").quantile(0.5))
    sales = deals.filter(_.kind == "sale", _.placed_at_day >= start).select("id", "customer_id")
    lines = frame.backend.table("order_lines").select("order_id", "product_id")
    bought = once(lines.inner_join(sales, lines.order_id == sales.id), "customer_id", "product_id")
    kinds = bought.group_by("customer_id").agg(products=bought.product_id.count().cast("float64"))
    base = base.left_join(rhythm, "customer_id").drop("customer_id_right")
    base = base.left_join(kinds, "customer_id").drop("customer_id_right").order_by("customer_id")
    found = base.to_pyarrow()
    column = {name: found[name].to_numpy(zero_copy_only=False) for name in found.column_names}
    return {"customer_id": column["customer_id"], "last_day": column["last_day"], "x": _features(frame, column)}


def agreed(frame: Frame, ids: Ids) -> Floats:
    """CONTRACT of these customers, in order of their ids, as known on the frame's day: days left of the term that runs
    longest, terms begun so far; nan where not known.
    """
    found = np.full((len(ids), len(CONTRACT)), np.nan)
    contracts, terms = business_table(frame, "contracts"), business_table(frame, "contract_periods")
    if contracts is None or terms is None:
        return found
    contracts = contracts.filter(_.customer_id.notnull())
    terms = terms.filter(_.starts_on <= ibis.literal(frame.as_of)).select("contract_id", "ends_on")
    contracts = contracts.select("id", "customer_id")
    joined = terms.inner_join(contracts, terms.contract_id == contracts.id)
    told = joined.group_by("customer_id").agg(ends=joined.ends_on.max(), terms=joined.count().cast("float64"))
    table = told.order_by("customer_id").to_pyarrow()
    known, at, row = np.intersect1d(ids, table["customer_id"].to_numpy(), return_indices=True)
    if len(known):
        ends = table["ends"].to_numpy(zero_copy_only=False).astype("datetime64[D]")[row]
        days = (ends - np.datetime64(frame.as_of)).astype(float)
        found[at, 0] = np.where(np.isnat(ends) | (days < 0), np.nan, days)
        found[at, 1] = table["terms"].to_numpy()[row]
    return found


def _of(only: Ids | None, deals: Table) -> Table:
    """The deals of these customers."""
    return deals if only is None else deals.semi_join(ibis.memtable(pa.table({"customer_id": only})), "customer_id")


def _features(frame: Frame, column: dict[str, Any]) -> Floats:
    today = np.datetime64(frame.as_of)
    silence = (today - column["last_day"].astype("datetime64[D]")).astype(float)
    tenure = (today - column["first_day"].astype("datetime64[D]")).astype(float)
    rhythm = column["rhythm"].astype(float)
    sold = np.where(column["sold"] > 0, column["sold"], np.nan)
    frequency = column["frequency"].astype(float)
    values = {
        "recency": silence, "rhythm": rhythm, "ratio": silence / np.maximum(rhythm, 1.0), "frequency": frequency,
        "tenure": tenure, "monetary": column["monetary"].astype(float), "basket": column["sold"] / frequency,
        "recent_orders": column["recent_orders"], "recent_share": column["recent"] / sold,
        "returned": np.minimum(-column["back"] / sold, 1.0), "products": column["products"].astype(float),
    }  # fmt: skip
    return np.column_stack([values[name] for name in FEATURES])


def buyers(frame: Frame, *, after: date) -> dict[int, date]:
    """Who bought after that day and up to the frame's, and when first."""
    sales = frame.sales.filter(_.placed_at_day > ibis.literal(after))
    found = sales.group_by("customer_id").agg(day=sales.placed_at_day.min()).to_pyarrow()
    return dict(zip(found["customer_id"].to_pylist(), found["day"].to_pylist(), strict=True))


def came_back(frame: Frame, *, after: date, of: Ids) -> Bools:
    """Which of these bought after that day and up to the frame's."""
    sales = frame.sales.filter(_.placed_at_day > ibis.literal(after))
    found = once(sales, "customer_id").to_pyarrow()["customer_id"]
    return np.isin(of, found.to_numpy())


def rhythms(frame: Frame) -> list[dict[str, Any]]:
    """Of customers with at least three days of purchase within reach: last day, and the 1st decile, median and 9th
    decile of their own intervals in days.
    """
    gaps = _gaps(frame.sales)
    gap = gaps.gap.cast("float64")
    told = gaps.group_by("customer_id").agg(
        last_day=gaps.placed_at_day.max(), days=gaps.count().cast("int64"),
        low=gap.quantile(0.1), middle=gap.quantile(0.5), high=gap.quantile(0.9),
    )  # fmt: skip
    rows: list[dict[str, Any]] = told.filter(_.days >= 3).order_by("customer_id").to_pyarrow().to_pylist()
    return rows


def usual(frame: Frame) -> dict[str, Any]:
    """Columns `customer_id`, in order, and `middle`: the median interval in days of whoever has three days of purchase
    or more.
    """
    gaps = _gaps(frame.sales)
    told = gaps.group_by("customer_id").agg(days=gaps.count(), middle=gaps.gap.cast("float64").quantile(0.5))
    found = told.filter(_.days >= 3).order_by("customer_id").to_pyarrow()
    return {name: found[name].to_numpy() for name in ("customer_id", "middle")}


def intervals(frame: Frame) -> Floats:
    """Every interval between two days of purchase of one customer, in days."""
    gaps = _gaps(frame.sales).filter(_.gap.notnull())
    return np.asarray(gaps.gap.cast("float64").to_pyarrow().to_numpy(zero_copy_only=False), dtype=np.float64)


def _gaps(sales: Table) -> Table:
    """Days of purchase, each with its distance from the one before: nothing for the first."""
    days = once(sales, "customer_id", "placed_at_day")
    before = days.placed_at_day.lag().over(group_by=days.customer_id, order_by=days.placed_at_day)
    return days.mutate(gap=days.placed_at_day.delta(before, unit="day"))


def bought_items(frame: Frame) -> dict[str, Any]:
    """Each product of each sale of known customers, no fees: arrays `order`, `customer`, `product`, `day`, in order."""
    sales = frame.sales.select("id", "customer_id", "placed_at_day")
    products = frame.backend.table("products").select("id", "kind").rename(pid="id")
    lines = frame.backend.table("order_lines").filter(_.product_id.notnull(), _.quantity > 0)
    lines = once(lines, "order_id", "product_id")
    joined = lines.inner_join(sales, lines.order_id == sales.id)
    kept = joined.inner_join(products, joined.product_id == products.pid).filter(_.kind != "fee")
    found = kept.select("order_id", "customer_id", "product_id", "placed_at_day").order_by(
        ["order_id", "product_id"]
    ).to_pyarrow()  # fmt: skip
    return {
        "order": found["order_id"].to_numpy(), "customer": found["customer_id"].to_numpy(),
        "product": found["product_id"].to_numpy(),
        "day": found["placed_at_day"].to_numpy(zero_copy_only=False).astype("datetime64[D]"),
    }  # fmt: skip


def cautions(frame: Frame) -> dict[int, tuple[tuple[str, float], ...]]:
    """By customer: ("unpaid", what is still owed in minor units) of purchases older than UNPAID_DAYS whose payments are
    known to us, and ("returns", share of the window's sales that went back) from MUCH_BACK on, of three sales or more.
    """
    old, start = (ibis.literal(day) for day in (frame.as_of - timedelta(days=UNPAID_DAYS), frame.window_start))
    deals = frame.deals
    sale, lately = deals.kind == "sale", deals.placed_at_day >= start
    owed = deals.total_minor + deals.returned_minor - deals.paid_minor
    due = sale & deals.tracks_payment & (deals.placed_at_day < old) & (owed > 0)
    told = deals.group_by("customer_id").agg(
        owed=owed.sum(where=due).fill_null(0).cast("int64"),
        sales=(sale & lately).sum(),
        sold=deals.net_minor.sum(where=sale & lately).fill_null(0).cast("float64"),
        back=deals.net_minor.sum(where=~sale & lately).fill_null(0).cast("float64"),
    )
    told = told.mutate(share=ibis.ifelse((_.sales >= 3) & (_.sold > 0), -_.back / _.sold, 0.0))
    rows = told.filter((_.owed > 0) | (_.share >= MUCH_BACK)).order_by("customer_id").to_pyarrow().to_pylist()
    return {
        row["customer_id"]: (
            *((("unpaid", row["owed"]),) if row["owed"] > 0 else ()),
            *((("returns", round(min(1.0, row["share"]), 4)),) if row["share"] >= MUCH_BACK else ()),
        )
        for row in rows
    }


def stays(frame: Frame, *, days: int) -> tuple[Floats, Bools]:
    """Of everybody who ever bought: days from the first purchase to the last, and whether they are gone, that is silent
    for longer than `days`. Who is not may still come: for them the last purchase is only what is known so far.
    """
    sales = frame.sales.group_by("customer_id").agg(first=_.placed_at_day.min(), last=_.placed_at_day.max())
    found = sales.order_by("customer_id").to_pyarrow()
    first, last = (found[name].to_numpy().astype("datetime64[D]") for name in ("first", "last"))
    return (last - first).astype(float), np.datetime64(frame.as_of) - last > np.timedelta64(days, "D")


def first_day(frame: Frame) -> date | None:
    """The day of the first sale to a known customer."""
    found: date | None = frame.sales.placed_at_day.min().to_pyarrow().as_py()
    return found
