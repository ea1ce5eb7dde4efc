"""How orders and payments become interactions, and how those read on the timeline."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from peyvand.foundation.registry.actor import Actor
from peyvand.memory.commerce.models import Order, OrderKind, Payment, PaymentKind
from peyvand.memory.interactions.services import InteractionRow, record_many

PLACED = "order.placed"
CANCELLED = "order.cancelled"
RETURNED = "order.returned"
PAID = "payment.received"
REFUNDED = "payment.refunded"
CHANNEL = "order"
ORDER = "commerce.order"
PAYMENT = "commerce.payment"


def order_row(order: Order) -> InteractionRow:
    """The interaction of a sale, or of a return."""
    return _row(PLACED if order.kind == OrderKind.SALE else RETURNED, order, at=order.placed_at)


def _row(kind: str, order: Order, *, at: datetime, **more: Any) -> InteractionRow:
    return InteractionRow(
        kind=kind,
        at=at,
        customer_id=order.customer_id,
        channel=CHANNEL,
        direction="in",
        source_kind=ORDER,
        source_id=order.pk,
        dedupe_key=f"{kind}:{order.pk}",
        payload={
            "number": order.number,
            "total_minor": order.total_minor,
            "currency": order.currency,
            "lines": order.lines,
            "via": order.channel,
            **more,
        },
    )


def placed(*, actor: Actor, order: Order) -> None:
    """A customer bought something."""
    record_many(actor=actor, rows=[order_row(order)])


def returned(*, actor: Actor, order: Order, origin: Order) -> None:
    """Something came back."""
    record_many(actor=actor, rows=[_row(RETURNED, order, at=order.placed_at, origin=origin.number)])


def cancelled(*, actor: Actor, order: Order, at: datetime) -> None:
    """An order was called off."""
    record_many(actor=actor, rows=[_row(CANCELLED, order, at=at)])


def paid(*, actor: Actor, order: Order, payment: Payment) -> None:
    """Money came in, or went back."""
    refund = payment.kind == PaymentKind.REFUND
    kind = REFUNDED if refund else PAID
    row = InteractionRow(
        kind=kind,
        at=payment.at,
        customer_id=order.customer_id,
        channel=CHANNEL,
        direction="out" if refund else "in",
        source_kind=PAYMENT,
        source_id=payment.pk,
        dedupe_key=f"{kind}:{payment.pk}",
        payload={
            "number": order.number,
            "order": order.pk,
            "total_minor": payment.amount_minor,
            "currency": payment.currency,
            "method": payment.method,
        },
    )
    record_many(actor=actor, rows=[row])
