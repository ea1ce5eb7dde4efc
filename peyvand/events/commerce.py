"""What happens to orders, payments and contracts. Amounts are integer minor units of `currency`; times are UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class ProductSaved:
    """A product was made or changed."""

    product_id: int
    sku: str
    demo: bool


@dataclass(frozen=True)
class OrderPlaced:
    """A sale was made; `customer_id` is None for an anonymous one. `tax_minor` is the part of the total that is tax."""

    order_id: int
    number: str
    customer_id: int | None
    placed_at: datetime
    total_minor: int
    currency: str
    demo: bool
    tax_minor: int = 0


@dataclass(frozen=True)
class OrderDelivered:
    """An order reached its customer."""

    order_id: int
    number: str
    customer_id: int | None
    at: datetime
    demo: bool


@dataclass(frozen=True)
class OrderCancelled:
    """An order was called off; what was paid is still to be given back."""

    order_id: int
    number: str
    customer_id: int | None
    at: datetime
    demo: bool


@dataclass(frozen=True)
class OrderReturned:
    """Something of an order came back; `total_minor` is negative, as is the tax in it."""

    order_id: int
    number: str
    origin_id: int
    customer_id: int | None
    at: datetime
    total_minor: int
    currency: str
    demo: bool
    tax_minor: int = 0


@dataclass(frozen=True)
class PaymentRecorded:
    """Money came in for an order, or went back (`refund`); `amount_minor` is positive in both."""

    payment_id: int
    order_id: int
    customer_id: int | None
    refund: bool
    at: datetime
    amount_minor: int
    currency: str
    demo: bool


@dataclass(frozen=True)
class PaymentReversed:
    """The entry `reverses_id` had been recorded wrongly: no money moved. `refund`: that one was a refund."""

    payment_id: int
    reverses_id: int
    order_id: int
    customer_id: int | None
    refund: bool
    at: datetime
    amount_minor: int
    currency: str
    demo: bool


@dataclass(frozen=True)
class OrdersImported:
    """A batch of orders came from a file: one event a batch, whatever its size."""

    change_set_id: int
    orders: int
    first_placed_at: datetime | None
    last_placed_at: datetime | None
    demo: bool


@dataclass(frozen=True)
class ContractSigned:
    """A contract was signed; `fee_minor` is for each `period_months`, `ends_on` the last day of its term (None: open),
    `kind` one of memory.commerce's.
    """

    contract_id: int
    number: str
    customer_id: int | None
    kind: str
    starts_on: date
    ends_on: date | None
    fee_minor: int
    period_months: int
    currency: str
    demo: bool


@dataclass(frozen=True)
class ContractRenewed:
    """A contract goes on for the term `starts_on` to `ends_on`, for the `renewals`-th time; `by_itself` as it says."""

    contract_id: int
    number: str
    customer_id: int | None
    renewals: int
    starts_on: date
    ends_on: date | None
    fee_minor: int
    period_months: int
    currency: str
    by_itself: bool
    demo: bool


@dataclass(frozen=True)
class ContractEnded:
    """A contract ends with the day `ended_on`, which may lie ahead; `avoidable` is None where nobody can say."""

    contract_id: int
    number: str
    customer_id: int | None
    ended_on: date
    reason: str
    avoidable: bool | None
    demo: bool
