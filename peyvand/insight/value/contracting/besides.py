"""What customers buy besides their contracts. Heavy: not for the web process."""

from __future__ import annotations

from typing import Any

from ibis import _

from peyvand.foundation.money.currencies import exponent_of
from peyvand.insight.value.frames import Frame, purchase_days


def bought_besides(frame: Frame) -> Any:
    """As frames.purchase_days, without the lines that sell a customer the product of a contract of theirs: these are
    its fees, and counted there.
    """
    held = frame.backend.table("contracts").filter(
        _.demo == frame.demo, _.customer_id.notnull(), _.product_id.notnull()
    )
    held = held.select(holder="customer_id", held="product_id").distinct()
    if not held.count().to_pyarrow().as_py():
        return purchase_days(frame)
    sales = frame.sales
    lines = frame.backend.table("order_lines").select("order_id", "product_id", "net")
    theirs = lines.inner_join(sales.select("id", "customer_id"), lines.order_id == sales.id)
    fees = theirs.inner_join(held, [theirs.customer_id == held.holder, theirs.product_id == held.held])
    fees = fees.group_by("order_id").agg(fees=fees.net.sum().cast("float64") * 10 ** exponent_of(frame.currency))
    left = sales.left_join(fees, sales.id == fees.order_id)
    left = left.mutate(left=left.net_minor.cast("float64") - left.fees.fill_null(0.0)).filter(_.left > 0.5)
    return (
        left.group_by("customer_id", "placed_at_day")
        .agg(amount=left.left.sum())
        .order_by(["customer_id", "placed_at_day"])
    )
