"""The relational part of value, as Ibis expressions over the warehouse's tables. Heavy: children of the worker only.

The same expressions run on DuckDB and on Spark; every window orders by a unique key or ranks ties alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import ibis
from ibis import _

from peyvand.insight.value.classes import FEWEST, WINDOW_DAYS

Table = Any  # ibis has no stubs
LEAST_SILENCE = 7  # days: nobody is called slipping for a shorter silence
PURCHASE_DAYS = 3  # purchase days before a rhythm can be told


@dataclass(frozen=True)
class Frame:
    """What is computed about: one currency of one business, orders up to and including the day `as_of`."""

    backend: Any
    demo: bool
    currency: str
    as_of: date
    window_days: int = WINDOW_DAYS

    @property
    def window_start(self) -> date:
        """The first day of the window of frequency and value."""
        return self.as_of - timedelta(days=self.window_days - 1)

    @property
    def orders(self) -> Table:
        """Orders that stand: not cancelled, not dated after the day."""
        return business_orders(self.backend, demo=self.demo).filter(
            _.currency == self.currency, _.status != "cancelled", _.placed_at_day <= ibis.literal(self.as_of)
        )

    @property
    def deals(self) -> Table:
        """Sales and returns of known customers; corrections of the books are no purchase."""
        return self.orders.filter(_.customer_id.notnull(), _.kind.isin(["sale", "return"]))

    @property
    def sales(self) -> Table:
        """Sales of known customers."""
        return self.deals.filter(_.kind == "sale")


def business_orders(backend: Any, *, demo: bool) -> Table:
    """Every order of one of the two businesses."""
    return backend.table("orders").filter(_.demo == demo)


def once(table: Table, *columns: str) -> Table:
    """The different values of these columns. `distinct` after a filter is not what it says where ibis writes for Spark:
    the filter's columns come into it.
    """
    return table.group_by(*columns).agg(many=_.count()).select(*columns)


def people(frame: Frame) -> Table:
    """One row a customer of `scored`, with rhythm and margin."""
    found = scored(frame)
    found = found.left_join(_rhythm(frame), "customer_id").drop("customer_id_right")
    return found.left_join(_margins(frame), "customer_id").drop("customer_id_right")


def scored(frame: Frame) -> Table:
    """One row a customer with at least one sale: days, counts, amounts (minor units, net of tax), scores, rank.

    Recency is `last_day`; frequency counts sales and monetary sums sales and returns in the window. Scores: see
    classes.py; 0 when fewer than FEWEST customers are there. rank 1 has the greatest monetary, ties by id.
    """
    deals = frame.deals
    is_sale = deals.kind == "sale"
    in_window = deals.placed_at_day >= ibis.literal(frame.window_start)
    base = deals.group_by("customer_id").agg(
        first_day=deals.placed_at_day.min(where=is_sale),
        last_day=deals.placed_at_day.max(where=is_sale),
        orders=is_sale.sum().cast("int64"),
        frequency=(is_sale & in_window).sum().cast("int64"),
        monetary=deals.net_minor.sum(where=in_window).fill_null(0).cast("int64"),
        revenue=deals.net_minor.sum().cast("int64"),
    )
    base = base.filter(_.last_day.notnull())
    count = ibis._.count().over(ibis.window())
    ranked = base.mutate(
        n=count,
        k_recency=ibis.rank().over(order_by=base.last_day),
        k_frequency=ibis.rank().over(order_by=base.frequency),
        k_monetary=ibis.rank().over(order_by=base.monetary),
        rank=ibis.row_number().over(order_by=[base.monetary.desc(), base.customer_id]) + 1,
    )

    def score(column: Any) -> Any:
        return ibis.cases((ranked.n < FEWEST, 0), else_=(column * 5) // ranked.n + 1).cast("int64")

    return ranked.mutate(r=score(ranked.k_recency), f=score(ranked.k_frequency), m=score(ranked.k_monetary)).drop(
        "k_recency", "k_frequency", "k_monetary", "n"
    )


def purchase_days(frame: Frame) -> Table:
    """What each customer bought on each day of purchase: net of that day's sales, in minor units."""
    sales = frame.sales
    return (
        sales.group_by("customer_id", "placed_at_day")
        .agg(amount=sales.net_minor.sum().cast("float64"))
        .order_by(["customer_id", "placed_at_day"])
    )


def sources(frame: Frame) -> Table:
    """Where each customer's record came from, "" where nobody said."""
    customers = frame.backend.table("customers")
    return customers.filter(customers.demo == frame.demo).select("id", "source")


def _rhythm(frame: Frame) -> Table:
    """Days between purchase days of each customer: their median, 9th decile (linear between ranks) and number."""
    days = once(frame.sales, "customer_id", "placed_at_day")
    before = days.placed_at_day.lag().over(group_by=days.customer_id, order_by=days.placed_at_day)
    gaps = days.mutate(gap=days.placed_at_day.delta(before, unit="day"))
    return gaps.group_by("customer_id").agg(
        rhythm=gaps.gap.cast("float64").quantile(0.5),
        long_gap=gaps.gap.cast("float64").quantile(0.9),
        purchase_days=gaps.count().cast("int64"),
    )


def _margins(frame: Frame) -> Table:
    """Revenue of each customer's lines whose unit cost is known, and that cost, in units of the currency."""
    joined = known_lines(frame, frame.deals)
    return joined.group_by("customer_id").agg(
        known=joined.net.sum(where=joined.unit_cost.notnull()).fill_null(0).cast("float64"),
        cost=joined.cost.sum().fill_null(0).cast("float64"),
    )


def known_lines(frame: Frame, orders: Table) -> Table:
    """Lines of the given orders, each with `cost` = quantity × unit cost (null where the cost is not known)."""
    lines = frame.backend.table("order_lines").select("order_id", "quantity", "net", "unit_cost")
    joined = lines.inner_join(orders.select("id", "customer_id"), lines.order_id == orders.id)
    return joined.mutate(cost=joined.quantity.cast("float64") * joined.unit_cost.cast("float64"))


def totals(frame: Frame) -> Table:
    """Orders and net amounts by kind, of known customers and of nobody known: together every order that stands."""
    orders = frame.orders.mutate(known=_.customer_id.notnull())
    return orders.group_by("kind", "known").agg(
        orders=orders.count().cast("int64"), amount=orders.net_minor.sum().cast("int64")
    )


def months(frame: Frame, *, calendar: str) -> Table:
    """Sales, returns and corrections by month (an index: year × 12 + month − 1) of the calendar."""
    dates = frame.backend.table("dates")
    orders = frame.orders
    joined = orders.inner_join(dates, orders.placed_at_day == dates.day).mutate(month=_[calendar])
    return joined.group_by("month", "kind").agg(
        orders=joined.count().cast("int64"), amount=joined.net_minor.sum().cast("int64")
    )


def cohorts(frame: Frame, *, calendar: str) -> Table:
    """How many customers whose first sale fell in month `cohort` bought again `age` months later."""
    dates = frame.backend.table("dates")
    sales = frame.sales
    dated = sales.inner_join(dates, sales.placed_at_day == dates.day).mutate(month=_[calendar])
    bought = once(dated, "customer_id", "month")
    first = bought.group_by("customer_id").agg(cohort=bought.month.min())
    aged = bought.inner_join(first, "customer_id").mutate(age=_.month - _.cohort)
    return aged.group_by("cohort", "age").agg(customers=aged.count().cast("int64"))


def earned(frame: Frame, *, calendar: str) -> Table:
    """Net of sales and returns, and sales, `age` months after the month `cohort` of a customer's first sale."""
    dates = frame.backend.table("dates")
    deals = frame.deals
    dated = deals.inner_join(dates, deals.placed_at_day == dates.day).mutate(month=_[calendar])
    dated = dated.select("customer_id", "month", "net_minor", sold=(dated.kind == "sale").cast("int64"))
    first = dated.filter(dated.sold == 1).group_by("customer_id").agg(cohort=_.month.min())
    aged = dated.inner_join(first, "customer_id").mutate(age=_.month - _.cohort)
    return aged.group_by("cohort", "age").agg(
        amount=aged.net_minor.sum().cast("int64"), orders=aged.sold.sum().cast("int64")
    )


def slipping(*, silence: int, rhythm: float | None, long_gap: float | None, purchase_days: int, frequency: int) -> bool:
    """Silent longer than twice the usual interval, than nine in ten of one's own intervals and than a week.

    Only for those with at least PURCHASE_DAYS purchase days who bought within the window: who did not is gone already.
    """
    if purchase_days < PURCHASE_DAYS or frequency == 0 or rhythm is None or long_gap is None:
        return False
    return silence > max(2 * rhythm, long_gap, LEAST_SILENCE)
