"""The relational part of ways and paths, as Ibis expressions over the warehouse's tables. Heavy: children of the worker
only. The same expressions run on DuckDB and on Spark; every window orders by a unique key.

A touch is one contact: its customer, when, `touch` (see touchpoints.py), and `asks`, whether the customer came to us
with something, which makes a lead. A segment is what lies between two paid orders of a customer, the later included.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import ibis
from ibis import _

Table = Any  # ibis has no stubs
SEPARATOR = ">"
LONGEST = 30  # touches of a path that are kept, those nearest to its end
DIGITS, FROM = 2, 99  # places are written as so many digits, counted down from there: LONGEST of them fit


@dataclass(frozen=True)
class Ways:
    """What is computed about: one business, up to the moment `until` (UTC, without), paths of so many days.

    `quiet` are kinds of interaction that are no contact; `personal` kinds that are one also when we begin it.
    """

    backend: Any
    demo: bool
    until: datetime
    lookback: timedelta
    quiet: Sequence[str]
    personal: Sequence[str]

    def table(self, name: str) -> Table:
        """A fact's rows of the business."""
        return self.backend.table(name).filter(_.demo == self.demo)

    @property
    def sales(self) -> Table:
        """Sales that stand, of known customers."""
        return self.table("orders").filter(
            _.kind == "sale", _.status != "cancelled", _.customer_id.notnull(), _.placed_at < self._until
        )

    @property
    def paid(self) -> Table:
        """Sales on which something was paid, or whose payments are not known to us."""
        return self.sales.filter(~_.tracks_payment | (_.paid_minor > 0))

    @property
    def _until(self) -> Any:
        return ibis.literal(self.until).cast(self.backend.table("orders").schema()["placed_at"])

    @property
    def visits(self) -> Table:
        """Visits before the moment."""
        return self.table("visits").filter(_.started_at < self._until)


def touches(ways: Ways) -> Table:
    """Every touch of a known customer: customer_id, at, key (unique), touch, asks."""
    source = _.source.fill_null("").strip().lower().replace(SEPARATOR, " ")
    medium = _.medium.fill_null("").strip().lower().replace(SEPARATOR, " ")
    visits = ways.visits.filter(_.customer_id.notnull()).select(
        customer_id=_.customer_id,
        at=_.started_at,
        key="v" + _.id.cast("string"),
        touch=ibis.ifelse(source == "", ibis.literal("visit:"), "visit:" + source + "/" + medium),
        asks=ibis.literal(False),
    )
    contacts = _contacts(ways).filter(_.customer_id.notnull())
    asks = (contacts.direction == "in") | ((contacts.direction == "") & contacts.kind.isin(ways.personal))
    spoken = contacts.filter((contacts.direction != "out") | contacts.kind.isin(ways.personal)).select(
        customer_id=_.customer_id,
        at=_.at,
        key="i" + _.id.cast("string"),
        touch="said:" + _.kind + "/" + _.channel.fill_null("") + "/" + _.direction.fill_null(""),
        asks=asks,
    )
    return visits.union(spoken)


def _contacts(ways: Ways) -> Table:
    """Interactions that are contacts and no visits, of anybody."""
    visited = ways.table("visits").filter(_.interaction_id.notnull()).select(seen=_.interaction_id)
    found = ways.table("interactions").filter(_.at < ways._until, ~_.kind.isin(ways.quiet))
    return found.anti_join(visited, found.id == visited.seen)


def steps(ways: Ways) -> Table:
    """Touches in their segments, oldest first: customer_id, segment, at, key, touch."""
    spoken = touches(ways).select("customer_id", "at", "key", "touch").mutate(ends=ibis.literal(0).cast("int64"))
    ends = ways.paid.select(
        customer_id=_.customer_id,
        at=_.placed_at,
        key="o" + _.id.cast("string"),
        touch=ibis.literal(""),
        ends=ibis.literal(1).cast("int64"),
    )
    both = spoken.union(ends)
    # A touch at the very moment of an order led to it: touches come first.
    window = ibis.cumulative_window(group_by=both.customer_id, order_by=[both.at, both.ends, both.key])
    return both.mutate(segment=both.ends.sum().over(window) - both.ends)


def segments(ways: Ways, found: Table) -> Table:
    """The paid order that ends a segment: customer_id, segment, order_id, ended_at, currency, net."""
    ends = found.filter(_.ends == 1).select("customer_id", "segment", "key")
    orders = ways.paid.select(
        key="o" + _.id.cast("string"), order_id=_.id, ended_at=_.placed_at, currency=_.currency, net=_.net_minor
    )
    return ends.inner_join(orders, "key").select("customer_id", "segment", "order_id", "ended_at", "currency", "net")


def paths(ways: Ways) -> tuple[Table, Table, Table]:
    """Three tables.

    Orders: one row a paid order with order_id, customer_id, ended_at, currency, net, and of its path within the
    look-back: path (null where there is none), touches (as they were), first_at. Unended: one row a segment that led to
    no order: customer_id, path, touches, last_at. Touched: order_id, customer_id, touch, last_at, one row a touchpoint
    on an order's path.
    """
    found = steps(ways)
    ended = segments(ways, found)
    said = found.filter(_.ends == 0)
    back = ibis.interval(days=ways.lookback.days)
    led = said.inner_join(ended, ["customer_id", "segment"])
    led = led.filter(led.at >= led.ended_at - back)
    open_ = said.anti_join(ended, ["customer_id", "segment"])
    last = open_.group_by("customer_id", "segment").agg(last_at=open_.at.max())
    lost = open_.inner_join(last, ["customer_id", "segment"])
    lost = lost.filter(lost.at >= lost.last_at - back)
    orders = ended.left_join(_joined(led), ["customer_id", "segment"])
    orders = orders.select("order_id", "customer_id", "ended_at", "currency", "net", "path", "touches", "first_at")
    unended = _joined(lost).inner_join(last, ["customer_id", "segment"])
    unended = unended.select("customer_id", "path", "touches", "last_at")
    touched = led.group_by("order_id", "customer_id", "touch").agg(last_at=led.at.max())
    return orders, unended, touched


def _joined(found: Table) -> Table:
    """One row a segment: its touches in order, one after the other the same counted once, at most LONGEST of them."""
    by = [found.customer_id, found.segment]
    before = found.touch.lag().over(group_by=by, order_by=[found.at, found.key])
    marked = found.mutate(again=(before == found.touch).fill_null(False))
    whole = marked.group_by("customer_id", "segment").agg(
        touches=marked.count().cast("int64"), first_at=marked.at.min()
    )
    kept = marked.filter(~_.again)
    place = ibis.row_number().over(
        group_by=[kept.customer_id, kept.segment], order_by=[kept.at.desc(), kept.key.desc()]
    )
    kept = kept.mutate(place=place).filter(_.place < LONGEST)
    # An ordered aggregate is not in every engine; texts that begin with their place are sorted in all of them.
    placed = kept.mutate(placed=(FROM - kept.place).cast("string") + kept.touch)
    texts = placed.group_by("customer_id", "segment").agg(
        path=placed.placed.collect().sort().map(lambda one: one.substr(DIGITS)).join(SEPARATOR)
    )
    return texts.inner_join(whole, ["customer_id", "segment"]).select(
        "customer_id", "segment", "path", "touches", "first_at"
    )


def milestones(ways: Ways) -> Table:
    """One row a customer: when each stage was first recorded, whatever the order, and the first order that stands.

    customer_id, source (of the record), visit_source and visitor_at (of the first visit), created_at, spoke_at and
    spoke_channel (of the first contact), lead_at, customer_at, order_channel, repeat_at, first_currency, first_net,
    discounted, offer.
    """
    customers = ways.table("customers").select(customer_id=_.id, source=_.source.fill_null(""), created_at=_.created_at)
    seen = ways.visits.filter(_.customer_id.notnull())
    seen = _first(seen, [seen.started_at, seen.id])
    seen = seen.select(customer_id=_.customer_id, visitor_at=_.started_at, visit_source=_.source.fill_null(""))
    spoke = _contacts(ways).filter(_.customer_id.notnull())
    spoke = _first(spoke, [spoke.at, spoke.id])
    spoke = spoke.select(customer_id=_.customer_id, spoke_at=_.at, spoke_channel=_.channel.fill_null(""))
    asked = touches(ways).filter(_.asks).select("customer_id", "at")
    cart = ways.table("web_baskets").filter(_.kind == "cart", _.at < ways._until).select("visit_id", "at")
    owned = ways.visits.filter(_.customer_id.notnull()).select(visit_id=_.id, customer_id=_.customer_id)
    asked = asked.union(cart.inner_join(owned, "visit_id").select("customer_id", "at"))
    lead = asked.group_by("customer_id").agg(lead_at=asked.at.min())
    sales = ways.sales
    bought = _first(sales, [sales.placed_at, sales.id]).select(
        customer_id=_.customer_id, customer_at=_.placed_at, first_day=_.placed_at_day, order_channel=_.channel,
        first_currency=_.currency, first_net=_.net_minor, discounted=_.discount_minor > 0,
        offer=_.offer, first_id=_.id,
    )  # fmt: skip
    bought = bought.left_join(_line_offers(ways, bought), "first_id").drop("first_id_right")
    bought = bought.mutate(offer=_.offer.coalesce(_.line_offer)).drop("first_id", "line_offer")
    later = sales.select("customer_id", "placed_at", "placed_at_day").inner_join(
        bought.select("customer_id", "first_day"), "customer_id"
    )
    later = later.filter(later.placed_at_day > later.first_day)
    again = later.group_by("customer_id").agg(repeat_at=later.placed_at.min())
    found = customers
    for part in (seen, spoke, lead, bought, again):
        found = found.left_join(part, "customer_id").drop("customer_id_right")
    return found


def _line_offers(ways: Ways, bought: Table) -> Table:
    """Of discounted first orders (first_id), what the line of the greatest own discount was discounted for."""
    lines = ways.table("order_lines").filter(_.own_discount > 0, _.offer.notnull())
    lines = lines.select(line_id=_.id, first_id=_.order_id, own=_.own_discount, line_offer=_.offer)
    lines = lines.semi_join(bought.filter(_.discounted), "first_id")
    place = ibis.row_number().over(group_by=lines.first_id, order_by=[lines.own.desc(), lines.line_id])
    return lines.mutate(place=place).filter(_.place == 0).select("first_id", "line_offer")


def _first(found: Table, order: Sequence[Any]) -> Table:
    """Of each customer the first row."""
    place = ibis.row_number().over(group_by=found.customer_id, order_by=list(order))
    return found.mutate(place=place).filter(_.place == 0).drop("place")


def strangers(ways: Ways) -> Table:
    """Browsers of nobody known, by the day of their first visit and its source: day, source, browsers."""
    seen = ways.visits.filter(_.customer_id.isnull(), _.visitor_id.notnull())
    place = ibis.row_number().over(group_by=seen.visitor_id, order_by=[seen.started_at, seen.id])
    first = seen.mutate(place=place).filter(_.place == 0)
    first = first.mutate(source=_.source.fill_null(""))
    return first.group_by(day=_.started_at_day, source=_.source).agg(browsers=first.count().cast("int64"))


def untold(ways: Ways) -> Table:
    """Visits of which nothing is kept in the browser, so that it is not known whether they are of one person."""
    return ways.visits.filter(_.visitor_id.isnull()).count()


def earned(ways: Ways, *, currency: str, month_days: float, last: Any) -> Table:
    """What each customer whose first sale was in the currency brought by whole months since: customer_id, age, known
    (net of lines whose cost is known), cost, net; all in units of the currency. `last` is the last day of a fact.
    """
    deals = ways.table("orders").filter(
        _.status != "cancelled", _.customer_id.notnull(), _.kind.isin(["sale", "return"]), _.currency == currency,
        _.placed_at_day <= last,
    )  # fmt: skip
    sales = ways.sales
    first = _first(sales, [sales.placed_at, sales.id]).filter(_.currency == currency)
    first = first.select(customer_id=_.customer_id, first_day=_.placed_at_day)
    lines = ways.table("order_lines").select("order_id", "quantity", "net", "unit_cost")
    joined = lines.inner_join(deals.select("id", "customer_id", "placed_at_day"), lines.order_id == deals.id)
    joined = joined.inner_join(first, "customer_id")
    age = (joined.placed_at_day.delta(joined.first_day, unit="day") / month_days).floor().cast("int64")
    whole = (ibis.literal(last).delta(joined.first_day, unit="day") / month_days).floor().cast("int64")
    joined = joined.mutate(
        age=age, whole=whole, told=joined.net.cast("float64"),
        spent=joined.quantity.cast("float64") * joined.unit_cost.cast("float64"),
    )  # fmt: skip
    joined = joined.filter((joined.age >= 0) & (joined.age < joined.whole))
    return joined.group_by("customer_id", "age").agg(
        known=joined.told.sum(where=joined.unit_cost.notnull()).fill_null(0.0),
        cost=joined.spent.sum().fill_null(0.0),
        net=joined.told.sum(),
    )


def ages(ways: Ways, *, currency: str, month_days: float, last: Any) -> Table:
    """Of each customer whose first sale was in the currency: how many whole months ago it was."""
    sales = ways.sales
    first = _first(sales, [sales.placed_at, sales.id]).filter(_.currency == currency)
    whole = (ibis.literal(last).delta(first.placed_at_day, unit="day") / month_days).floor().cast("int64")
    return first.select(customer_id=first.customer_id, whole=whole)
