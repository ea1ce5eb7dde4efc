"""What a customer brings and costs, and their share of wallet, on the customer's page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from peyvand.foundation.money.amounts import Money
from peyvand.foundation.registry.actor import Actor
from peyvand.insight.value import profit_queries
from peyvand.insight.value.models import SnapshotCustomer
from peyvand.insight.value.panels import rows_of
from peyvand.insight.value.person import KINDS
from peyvand.insight.value.web import figures, profit
from peyvand.memory.commerce.access import COSTS_EDIT
from peyvand.memory.commerce.models import Order
from peyvand.memory.customers import queries as customers
from peyvand.memory.customers.models import Customer


def profit_block(row: SnapshotCustomer) -> Mapping[str, Any]:
    """One currency: steps from revenue to what is left, as a small picture with its table."""
    words = profit.kind_words()
    steps = [
        (gettext("Revenue"), row.revenue_minor), (gettext("Cost of goods"), -row.goods_minor),
        *((words[kind][0].upper() + words[kind][1:], -getattr(row, f"{kind}_minor")) for kind in KINDS),
    ]  # fmt: skip
    net = row.net_minor or 0
    ahead = None if row.lifetime_minor is None else Money(net + row.lifetime_minor, row.snapshot.currency)
    left = 0
    bars: list[dict[str, Any]] = []
    top = max(1, row.revenue_minor)
    for label, amount in steps:
        if not amount and bars:
            continue
        before, left = left, left + amount
        low, high = sorted((before, left))
        bars.append(
            {
                "label": label, "amount": figures.money(row.snapshot, amount), "taken": amount < 0,
                "start": _per_cent(max(0, low), top), "width": _per_cent(max(0, high) - max(0, low), top),
            }
        )  # fmt: skip
    return {
        "row": row, "bars": bars, "net": Money(net, row.snapshot.currency), "loss": net < 0, "whole": ahead,
        "unknown": row.goods_minor == 0 or row.margin_share < 1, "share": row.margin_share,
    }  # fmt: skip


def _per_cent(part: int, whole: int) -> float:
    return round(min(100.0, 100 * part / whole), 2)


def shown_profit(actor: Actor, customer: Customer, query: Mapping[str, str]) -> Mapping[str, Any] | None:
    """From revenue to what is left, one block a currency; nothing without the right or before figures."""
    rows = profit_queries.with_costs(actor=actor, rows=rows_of(actor, customer))
    if not rows:
        return None
    new = f"{reverse('commerce:cost-new')}?customer={customer.pk}" if actor.may(COSTS_EDIT) else ""
    return {"blocks": [profit_block(row) for row in rows], "new_url": new}


def shown_order(actor: Actor, order: Order, query: Mapping[str, str]) -> Mapping[str, Any] | None:
    """From an order's net to what is left of it after what it was charged; None where nothing was charged."""
    row = profit_queries.of_order(actor=actor, order=order)
    if row is None:
        return None
    words = profit.kind_words()
    charges = [
        (words[kind][0].upper() + words[kind][1:], Money(-amount, order.currency))
        for kind in KINDS if (amount := getattr(row, f"{kind}_minor"))
    ]  # fmt: skip
    goods = Money(-order.cost_minor, order.currency) if order.cost_minor is not None else None
    left = order.net_minor - (order.cost_minor or 0) - row.charged_minor
    return {"net": order.net, "goods": goods, "charges": charges, "left": Money(left, order.currency), "loss": left < 0}


def shown_wallet(actor: Actor, customer: Customer, query: Mapping[str, str]) -> Mapping[str, Any] | None:
    """Share of wallet, or the way to say what they spend."""
    found = profit_queries.wallet_of(actor=actor, customer=customer, rows=rows_of(actor, customer))
    may_edit = customers.may_edit(actor=actor, customer=customer)
    if found is None and not may_edit:
        return None
    return {"wallet": found, "url": reverse("value:stated", args=[customer.pk]) if may_edit else ""}
