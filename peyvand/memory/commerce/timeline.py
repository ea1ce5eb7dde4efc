"""How orders and payments become interactions, and how those read on the timeline."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.money.amounts import Money
from peyvand.foundation.money.formats import format_money
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.text.bidi import isolate
from peyvand.foundation.text.digits import persian_digits
from peyvand.foundation.ui.reader import current_reader
from peyvand.memory.commerce.models import Order, OrderKind, Payment, PaymentKind
from peyvand.memory.interactions.declarations import InteractionKind
from peyvand.memory.interactions.services import InteractionRow, record_many

PLACED = "order.placed"
CANCELLED = "order.cancelled"
RETURNED = "order.returned"
PAID = "payment.received"
REFUNDED = "payment.refunded"
REVERSED = "payment.reversed"
OPPORTUNITY = "opportunity.told"
CHANNEL = "order"
ORDER = "commerce.order"
PAYMENT = "commerce.payment"


def order_row(order: Order, *, origin: str = "") -> InteractionRow:
    """The interaction of a sale, or of a return (of the order numbered `origin`, where that is known)."""
    kind = PLACED if order.kind == OrderKind.SALE else RETURNED
    return _row(kind, order, at=order.placed_at, **({"origin": origin} if origin else {}))


def cancelled_row(order: Order, *, at: datetime) -> InteractionRow:
    """The interaction of an order that is called off."""
    return _row(CANCELLED, order, at=at)


def payment_row(order: Order, payment: Payment) -> InteractionRow:
    """The interaction of money that came in or went back."""
    refund = payment.kind == PaymentKind.REFUND
    kind = REFUNDED if refund else PAID
    return InteractionRow(
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


def reversal_row(order: Order, payment: Payment) -> InteractionRow:
    """The interaction of an entry that takes back one that was recorded wrongly; no money moved."""
    row = payment_row(order, payment)
    return replace(row, kind=REVERSED, direction="", dedupe_key=f"{REVERSED}:{payment.pk}")


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
    record_many(actor=actor, rows=[order_row(order, origin=origin.number)])


def cancelled(*, actor: Actor, order: Order, at: datetime) -> None:
    """An order was called off."""
    record_many(actor=actor, rows=[cancelled_row(order, at=at)])


def paid(*, actor: Actor, order: Order, payment: Payment) -> None:
    """Money came in, or went back."""
    record_many(actor=actor, rows=[payment_row(order, payment)])


def reversed_entry(*, actor: Actor, order: Order, payment: Payment) -> None:
    """An entry of money turned out to be wrong."""
    record_many(actor=actor, rows=[reversal_row(order, payment)])


WAYS: Mapping[str, Label] = {
    "web": _("from the website"),
    "store": _("in person"),
    "call": _("by phone"),
    "instagram": _("from Instagram"),
    "telegram": _("from Telegram"),
    "bale": _("from Bale"),
    "sms": _("by text message"),
    "email": _("by e-mail"),
}


def _says(words: Callable[[Mapping[str, Any]], str]) -> Callable[[Mapping[str, Any], str], str]:
    """A summary: the words with number, way and total filled in, in the language asked for."""

    def summary(payload: Mapping[str, Any], language: str) -> str:
        with override(language):
            return words(payload) % {
                "number": _number(str(payload.get("number", "")), language),
                "way": str(WAYS.get(str(payload.get("via", "")), "")),
                "origin": _number(str(payload.get("origin", "")), language),
                "total": _total(payload, language),
            }

    return summary


def _number(number: str, language: str) -> str:
    """An order's number in the language's digits; a code with letters stays as it is, apart from the sentence."""
    if not number.isdecimal():
        return isolate(number)
    return persian_digits(number) if language == "fa" else number


def _total(payload: Mapping[str, Any], language: str) -> str:
    total = Money(abs(int(payload.get("total_minor", 0))), str(payload.get("currency", "IRR")))
    return format_money(total, language=language, toman=current_reader().toman)


def _placed_words(payload: Mapping[str, Any]) -> str:
    if payload.get("via") in WAYS:
        return gettext("Order %(number)s %(way)s, %(total)s")
    return gettext("Order %(number)s, %(total)s")


def _returned_words(payload: Mapping[str, Any]) -> str:
    if payload.get("origin"):
        return gettext("Return %(number)s of order %(origin)s, %(total)s")
    return gettext("Return %(number)s, %(total)s")


STAGES: Mapping[str, Label] = {
    "prospecting": _("Prospecting"),
    "engaging": _("Engaging"),
    "won": _("Won"),
    "lost": _("Lost"),
}


def _opportunity_summary(payload: Mapping[str, Any], language: str) -> str:
    with override(language):
        stage = str(payload.get("stage", ""))
        parts = [gettext("Opportunity %(number)s") % {"number": isolate(str(payload.get("number", "")))}]
        parts += [str(STAGES[stage.casefold()]) if stage.casefold() in STAGES else isolate(stage)] if stage else []
        parts += [isolate(str(payload[name])) for name in ("product", "agent") if payload.get(name)]
        parts += [_total(payload, language)] if "total_minor" in payload else []
        return " · ".join(parts)


def _order_url(payload: Mapping[str, Any], source_id: int | None) -> str:
    return reverse("commerce:order", args=[payload.get("order") or source_id])


KINDS = (
    InteractionKind(
        OPPORTUNITY,
        _("Opportunity"),
        "target-arrow",
        _opportunity_summary,
        tone=3,
        order=30,
        searched=("number", "product", "agent"),
    ),
    InteractionKind(
        PLACED,
        _("Order placed"),
        "shopping-bag",
        _says(_placed_words),
        channel=CHANNEL,
        tone=4,
        url=_order_url,
        order=20,
    ),
    InteractionKind(
        CANCELLED,
        _("Order cancelled"),
        "shopping-bag-x",
        _says(lambda payload: gettext("Order %(number)s was called off, %(total)s")),
        channel=CHANNEL,
        tone=6,
        url=_order_url,
        order=21,
    ),
    InteractionKind(
        RETURNED,
        _("Order returned"),
        "arrow-back-up",
        _says(_returned_words),
        channel=CHANNEL,
        tone=5,
        url=_order_url,
        order=22,
    ),
    InteractionKind(
        PAID,
        _("Payment received"),
        "cash",
        _says(lambda payload: gettext("%(total)s paid for order %(number)s")),
        channel=CHANNEL,
        tone=2,
        url=_order_url,
        order=23,
    ),
    InteractionKind(
        REFUNDED,
        _("Payment refunded"),
        "cash-off",
        _says(lambda payload: gettext("%(total)s given back for order %(number)s")),
        channel=CHANNEL,
        tone=5,
        url=_order_url,
        order=24,
    ),
    InteractionKind(
        REVERSED,
        _("Payment reversed"),
        "receipt-off",
        _says(lambda payload: gettext("An entry of %(total)s for order %(number)s was wrong and was reversed")),
        channel=CHANNEL,
        tone=6,
        url=_order_url,
        order=25,
    ),
)
