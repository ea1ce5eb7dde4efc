"""REST routes of orders and payments. Amounts: totals in integer minor units, prices as decimal strings."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import Http404
from ninja import Router, Schema
from ninja.params.functions import Query
from pydantic import Field

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.ui.rest import Given, Id, Moment, example
from peyvand.memory.commerce import queries, services
from peyvand.memory.commerce.access import ORDERS_EDIT, customers_within
from peyvand.memory.commerce.api.paging import LARGEST_PAGE, page_of
from peyvand.memory.commerce.models import Order, OrderLine, Payment, PaymentKind
from peyvand.memory.commerce.queries import NEWEST_FIRST, OrderFilter
from peyvand.memory.customers.models import Customer

router = Router(tags=["commerce"])


class LineOut(Schema):
    """A line of an order. `amount` is quantity × unit price less `discount` and `order_discount` (its share of the
    order's); it holds `tax` where `tax_included`, else that comes on top of it.
    """

    id: int
    product_id: int | None
    description: str
    quantity: Decimal
    unit_price: Decimal
    price_list_id: int | None
    discount: Decimal
    discount_percent: Decimal | None
    discount_reason: str
    order_discount: Decimal
    amount: Decimal
    tax_rate_id: int | None
    tax_percent: Decimal | None
    tax_included: bool
    tax: Decimal
    net: Decimal
    gross: Decimal
    unit_cost: Decimal | None


class PaymentOut(Schema):
    """Money in, or back. An entry that `reverses_id` takes out one that was recorded wrongly."""

    id: int
    kind: str
    reverses_id: int | None
    at: datetime
    amount_minor: int
    currency: str
    method: str
    reference: str
    note: str


class OrderOut(Schema):
    """An order without its lines. `exponent` is the number of decimals of the minor units; `total_minor` is what is to
    be paid: `net_minor` and `tax_minor`.
    """

    id: int
    number: str
    customer_id: int | None
    kind: str
    status: str
    origin_id: int | None
    placed_at: datetime
    delivered_at: datetime | None
    cancelled_at: datetime | None
    currency: str
    exponent: int
    channel: str
    discount_percent: Decimal | None
    discount_value: Decimal | None
    discount_reason: str
    discount_minor: int
    net_minor: int
    tax_minor: int
    total_minor: int
    cost_minor: int | None
    paid_minor: int
    returned_minor: int
    balance_minor: int
    payment_state: str
    lines: int
    note: str


class OrderWhole(OrderOut):
    """An order with its lines and payments."""

    items: list[LineOut]
    payments: list[PaymentOut]

    @staticmethod
    def resolve_items(order: Order) -> list[OrderLine]:
        return queries.lines_of(order=order)

    @staticmethod
    def resolve_payments(order: Order) -> list[Payment]:
        return queries.payments_of(order=order)


class OrderPage(Schema):
    """A page of orders; `next` is the cursor of the page after, null at the end."""

    items: list[OrderOut]
    next: str | None


class DiscountIn(Given):
    """A percentage, or an amount in the order's currency, and why."""

    reason: str
    percent: Decimal | None = None
    amount: Decimal | None = None


class LineIn(Given):
    """A line to be sold: a product by id, or a description; without a price, the one that holds for the customer."""

    quantity: Decimal
    product_id: Id | None = None
    description: str = ""
    unit_price: Decimal | None = None
    unit_cost: Decimal | None = None
    discount: DiscountIn | None = None


class OrderIn(Given):
    """A new order."""

    model_config = example({"customer_id": 1, "currency": "IRR", "lines": [{"product_id": 1, "quantity": "2"}]})

    lines: list[LineIn] = Field(min_length=1, max_length=1000)
    currency: str
    customer_id: Id | None = None
    placed_at: Moment | None = None
    number: str = ""
    channel: str = Field(default="", max_length=20)
    note: str = ""
    discount: DiscountIn | None = None


class ReturnLineIn(Given):
    """How much of which line came back."""

    line_id: Id
    quantity: Decimal


class ReturnIn(Given):
    """What came back of an order."""

    model_config = example({"lines": [{"line_id": 1, "quantity": "1"}]})

    lines: list[ReturnLineIn] = Field(min_length=1, max_length=1000)
    at: Moment | None = None
    number: str = ""
    note: str = ""


class PaymentIn(Given):
    """A payment or refund to be recorded, in minor units above zero."""

    model_config = example({"amount_minor": 250000, "method": "card", "reference": "771204"})

    amount_minor: int
    kind: str = str(PaymentKind.PAYMENT)
    at: Moment | None = None
    method: str = Field(default="", max_length=20)
    reference: str = ""


class ReversalIn(Given):
    """Why an entry was wrong."""

    model_config = example({"note": "Typed twice."})

    note: str


class MomentIn(Given):
    """When it happened; now when left out."""

    model_config = example({"at": "2026-11-23T09:12:00+03:30"})

    at: Moment | None = None


def _whole(request: StaffRequest, order_id: int) -> Order:
    try:
        return queries.order_get(actor=request.actor, order_id=order_id)
    except Order.DoesNotExist:
        raise Http404 from None


@router.get("/orders", response=OrderPage, summary="Orders, newest first")
def orders_list(
    request: StaffRequest,
    view: str = "all",
    q: str = Query("", max_length=100),
    kind: str = "",
    status: str = "",
    currency: str = "",
    customer_id: Id | None = None,
    since: Moment | None = None,
    until: Moment | None = None,
    after: str | None = None,
    size: int = Query(50, ge=1, le=LARGEST_PAGE),
) -> dict[str, Any]:
    """By view, words, kind, status, currency, customer and time."""
    chosen = OrderFilter(
        view=view,
        text=q,
        kind=kind,
        status=status,
        currency=currency,
        customer_id=customer_id,
        since=since,
        until=until,
    )
    return page_of(queries.orders(actor=request.actor, chosen=chosen), order=NEWEST_FIRST, after=after, size=size)


@router.post("/orders", response={201: OrderWhole}, summary="Place an order")
def orders_create(request: StaffRequest, data: OrderIn) -> tuple[int, Order]:
    """Without a price, the one that holds for the customer; totals follow from the lines."""
    customer = None
    if data.customer_id is not None:
        customer = customers_within(request.actor, ORDERS_EDIT).filter(pk=data.customer_id).first()
        if customer is None:
            raise Http404
    try:
        order = services.order_place(
            actor=request.actor,
            customer=customer,
            lines=[_line(line) for line in data.lines],
            currency=data.currency,
            placed_at=data.placed_at,
            number=data.number,
            channel=data.channel,
            note=data.note,
            discount=_discount(data.discount),
        )
    except Customer.DoesNotExist:
        raise Http404 from None
    return 201, order


def _line(data: LineIn) -> services.LineData:
    return services.LineData(**data.dict(exclude={"discount"}), discount=_discount(data.discount))


def _discount(data: DiscountIn | None) -> services.DiscountData | None:
    return None if data is None else services.DiscountData(**data.dict())


@router.get("/orders/{order_id}", response=OrderWhole, summary="One order with its lines and payments")
def orders_get(request: StaffRequest, order_id: int) -> Order:
    """Totals in minor units, what is paid and what is left."""
    return _whole(request, order_id)


@router.post("/orders/{order_id}/deliver", response=OrderWhole, summary="Note the delivery")
def orders_deliver(request: StaffRequest, order_id: int, data: MomentIn) -> Order:
    """Once; what the goods cost counts from then on."""
    _editable(request, order_id)
    services.order_deliver(actor=request.actor, order_id=order_id, at=data.at)
    return _whole(request, order_id)


@router.post("/orders/{order_id}/cancel", response=OrderWhole, summary="Cancel an order or a return")
def orders_cancel(request: StaffRequest, order_id: int, data: MomentIn) -> Order:
    """What was paid is refunded separately."""
    _editable(request, order_id)
    services.order_cancel(actor=request.actor, order_id=order_id, at=data.at)
    return _whole(request, order_id)


@router.post("/orders/{order_id}/returns", response={201: OrderWhole}, summary="Take something of an order back")
def orders_return(request: StaffRequest, order_id: int, data: ReturnIn) -> tuple[int, Order]:
    """As an order of its own, with what came back."""
    _editable(request, order_id)
    back = services.order_return(
        actor=request.actor,
        order_id=order_id,
        quantities={line.line_id: line.quantity for line in data.lines},
        at=data.at,
        number=data.number,
        note=data.note,
    )
    return 201, back


@router.post("/orders/{order_id}/payments", response={201: PaymentOut}, summary="Record a payment or a refund")
def payments_create(request: StaffRequest, order_id: int, data: PaymentIn) -> tuple[int, Payment]:
    """Never above what is due, nor a refund above what was paid."""
    _editable(request, order_id)
    return 201, services.payment_record(
        actor=request.actor,
        order_id=order_id,
        amount_minor=data.amount_minor,
        kind=data.kind,
        at=data.at,
        method=data.method,
        reference=data.reference,
    )


@router.post(
    "/orders/{order_id}/payments/{payment_id}/reverse",
    response={201: PaymentOut},
    summary="Reverse an entry that was recorded wrongly",
)
def payments_reverse(request: StaffRequest, order_id: int, payment_id: int, data: ReversalIn) -> tuple[int, Payment]:
    """Both entries stay, and cancel each other out."""
    _editable(request, order_id)
    return 201, services.payment_reverse(actor=request.actor, order_id=order_id, payment_id=payment_id, note=data.note)


def _editable(request: StaffRequest, order_id: int) -> None:
    """403 without the right, 404 for an order out of its reach."""
    request.actor.require(ORDERS_EDIT)
    if not Order.objects.visible_to(request.actor, ORDERS_EDIT).filter(pk=order_id).exists():
        raise Http404
