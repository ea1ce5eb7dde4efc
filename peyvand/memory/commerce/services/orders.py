"""Selling, delivering, calling off, taking back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peyvand.events.commerce import OrderCancelled, OrderDelivered, OrderPlaced, OrderReturned
from peyvand.foundation.accounts import settings
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.outbox.services import publish
from peyvand.foundation.registry.actor import Actor, NotAllowed, Scope
from peyvand.foundation.text.keys import clean
from peyvand.memory.commerce import timeline
from peyvand.memory.commerce.access import ORDERS_EDIT, customers_within, order_scope
from peyvand.memory.commerce.models import Order, OrderKind, OrderStatus
from peyvand.memory.commerce.money import exponent_of, is_currency
from peyvand.memory.commerce.services.discounts import DiscountData
from peyvand.memory.commerce.services.lines import LineData, Quote, Sale, put_lines, quote
from peyvand.memory.commerce.services.returns import returned_lines
from peyvand.memory.customers.models import Customer


def order_place(
    *,
    actor: Actor,
    customer: Customer | None,
    lines: Sequence[LineData],
    currency: str,
    placed_at: datetime | None = None,
    number: str = "",
    channel: str = "",
    note: str = "",
    source: str = "",
    discount: DiscountData | None = None,
) -> Order:
    """Sell `lines` to a customer, or to nobody known. `placed_at` is now unless given; `number` the next free one.

    Prices that are not given are those that hold for the customer on that day, and so are the taxes; `discount` is
    taken off the whole, after those of the lines.
    """
    _require_customer(actor=actor, customer=customer)
    if not is_currency(currency):
        raise ValidationError({"currency": _("Choose a currency.")})
    at = placed_at or timezone.now()
    with change_set(actor=actor, kind="edit", title=str(_("New order"))):
        sale = Sale(customer=customer, currency=currency, on=house_day(at), discount=discount)
        made = quote(actor=actor, sale=sale, lines=lines)
        order = Order.objects.create(
            demo=actor.demo,
            number=_number(actor=actor, asked=number),
            customer=customer,
            placed_at=at,
            currency=currency,
            exponent=exponent_of(currency),
            channel=channel,
            note=clean(note),
            source=source,
            discount_percent=made.discount.percent if made.discount else None,
            discount_value=made.discount.amount if made.discount else None,
            discount_reason=made.discount.reason if made.discount else "",
        )
        put_lines(order=order, lines=made.lines)
        timeline.placed(actor=actor, order=order)
        publish(
            OrderPlaced(
                order_id=order.pk,
                number=order.number,
                customer_id=order.customer_id,
                placed_at=order.placed_at,
                total_minor=order.total_minor,
                currency=order.currency,
                demo=order.demo,
                tax_minor=order.tax_minor,
            ),
            actor=actor,
        )
    return order


def house_day(at: datetime) -> date:
    """The day of a moment where the house stands."""
    return at.astimezone(ZoneInfo(settings.text("time_zone"))).date()


def order_quote(
    *,
    actor: Actor,
    customer: Customer | None,
    lines: Sequence[LineData],
    currency: str,
    placed_at: datetime | None = None,
    discount: DiscountData | None = None,
) -> Quote:
    """What `order_place` would write, without writing it. ValidationError as there."""
    _require_customer(actor=actor, customer=customer)
    if not is_currency(currency):
        raise ValidationError({"currency": _("Choose a currency.")})
    sale = Sale(customer, currency, house_day(placed_at or timezone.now()), discount)
    return quote(actor=actor, sale=sale, lines=lines)


def _require_customer(*, actor: Actor, customer: Customer | None) -> None:
    """Selling to someone needs the right over that customer; selling to nobody known, the right over all orders."""
    actor.require(ORDERS_EDIT)
    if customer is None:
        if order_scope(actor, ORDERS_EDIT) is not Scope.ALL:
            raise NotAllowed(ORDERS_EDIT)
    elif not customers_within(actor, ORDERS_EDIT).filter(pk=customer.pk).exists():
        raise Customer.DoesNotExist


def _number(*, actor: Actor, asked: str) -> str:
    """The number asked for when it is free, else the next of our own."""
    number = clean(asked)
    if number:
        if len(number) > 64:
            raise ValidationError({"number": _("At most 64 characters.")})
        if Order.objects.filter(demo=actor.demo, number=number).exists():
            raise ValidationError({"number": _("Another order already has this number.")})
        return number
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT nextval('commerce_number')")
            number = str(cursor.fetchone()[0])
            if not Order.objects.filter(demo=actor.demo, number=number).exists():
                return number


def order_get_for_edit(*, actor: Actor, order_id: int) -> Order:
    """The order, locked until the transaction ends; Order.DoesNotExist when the actor may not touch it."""
    actor.require(ORDERS_EDIT)
    return Order.objects.visible_to(actor, ORDERS_EDIT).select_for_update(no_key=True, of=("self",)).get(pk=order_id)


def order_deliver(*, actor: Actor, order_id: int, at: datetime | None = None) -> Order:
    """Note that the goods reached the customer."""
    moment = at or timezone.now()
    with change_set(actor=actor, kind="edit", title=str(_("Order delivered"))):
        order = order_get_for_edit(actor=actor, order_id=order_id)
        if order.status != OrderStatus.PLACED or order.kind != OrderKind.SALE:
            raise ValidationError(_("Only an open order can be delivered."))
        order.status, order.delivered_at = OrderStatus.DELIVERED, moment
        _save(order, "status", "delivered_at")
        publish(
            OrderDelivered(
                order_id=order.pk, number=order.number, customer_id=order.customer_id, at=moment, demo=order.demo
            ),
            actor=actor,
        )
    return order


def order_cancel(*, actor: Actor, order_id: int, at: datetime | None = None, note: str = "") -> Order:
    """Call an order, or a return, off. What was paid stays recorded, and is shown as owed to the customer."""
    moment = at or timezone.now()
    with change_set(actor=actor, kind="edit", title=str(_("Order cancelled"))):
        order = order_get_for_edit(actor=actor, order_id=order_id)
        if order.status == OrderStatus.CANCELLED:
            raise ValidationError(_("This order is already cancelled."))
        if order.returns.exclude(status=OrderStatus.CANCELLED).exists():
            raise ValidationError(_("Something of this order has come back. Cancel its returns first."))
        order.status, order.cancelled_at = OrderStatus.CANCELLED, moment
        if note:
            order.note = f"{order.note}\n{clean(note)}".strip()
        _save(order, "status", "cancelled_at", "note")
        timeline.cancelled(actor=actor, order=order, at=moment)
        publish(
            OrderCancelled(
                order_id=order.pk, number=order.number, customer_id=order.customer_id, at=moment, demo=order.demo
            ),
            actor=actor,
        )
    return order


def order_return(
    *,
    actor: Actor,
    order_id: int,
    quantities: Mapping[int, Decimal],
    at: datetime | None = None,
    number: str = "",
    note: str = "",
) -> Order:
    """Take back `quantities` (by id of the order's lines, above zero); gives the return, an order of its own.

    Prices, costs, discounts and taxes are those of the sale. ValidationError when more would come back than was sold,
    over all returns.
    """
    moment = at or timezone.now()
    with change_set(actor=actor, kind="edit", title=str(_("Goods returned"))):
        order = order_get_for_edit(actor=actor, order_id=order_id)
        if order.kind != OrderKind.SALE or order.status == OrderStatus.CANCELLED:
            raise ValidationError(_("Only a sale that stands can be returned."))
        back = Order.objects.create(
            demo=order.demo,
            number=_number(actor=actor, asked=number),
            customer_id=order.customer_id,
            kind=OrderKind.RETURN,
            status=OrderStatus.DELIVERED,
            origin=order,
            placed_at=moment,
            delivered_at=moment,
            currency=order.currency,
            exponent=order.exponent,
            channel=order.channel,
            tracks_payment=order.tracks_payment,
            note=clean(note),
        )
        put_lines(order=back, lines=returned_lines(order=order, quantities=quantities))
        timeline.returned(actor=actor, order=back, origin=order)
        publish(
            OrderReturned(
                order_id=back.pk,
                number=back.number,
                origin_id=order.pk,
                customer_id=back.customer_id,
                at=moment,
                total_minor=back.total_minor,
                currency=back.currency,
                demo=back.demo,
                tax_minor=back.tax_minor,
            ),
            actor=actor,
        )
    return back


def _save(order: Order, *changed: str) -> None:
    order.version += 1
    order.updated_at = timezone.now()
    order.save(update_fields=[*changed, "version", "updated_at"])
