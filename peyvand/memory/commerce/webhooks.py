"""What other programs are told of orders and payments. Amounts are integer minor units; times are UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime

from django.utils.translation import gettext_lazy as _

from peyvand.events.commerce import (
    ContractEnded,
    ContractRenewed,
    ContractSigned,
    OrderCancelled,
    OrderDelivered,
    OrderPlaced,
    OrderReturned,
    PaymentRecorded,
    PaymentReversed,
)
from peyvand.foundation.webhooks.declarations import WebhookEvent
from peyvand.foundation.webhooks.handlers import going_out

GROUP = _("Orders")
CONTRACTS = _("Contracts")
AT = datetime(2026, 11, 23, 9, 12, tzinfo=UTC)


def _order(event: OrderPlaced | OrderDelivered | OrderCancelled | OrderReturned) -> dict[str, object]:
    return {"order_id": event.order_id, "number": event.number, "customer_id": event.customer_id}


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _payment(event: PaymentRecorded) -> dict[str, object]:
    return {
        "payment_id": event.payment_id, "order_id": event.order_id, "customer_id": event.customer_id,
        "at": _iso(event.at), "amount_minor": event.amount_minor, "currency": event.currency,
    }  # fmt: skip


def _contract(event: ContractSigned | ContractRenewed | ContractEnded) -> dict[str, object]:
    return {"contract_id": event.contract_id, "number": event.number, "customer_id": event.customer_id}


def _term(event: ContractSigned | ContractRenewed) -> dict[str, object]:
    return {
        "starts_on": event.starts_on.isoformat(), "ends_on": event.ends_on.isoformat() if event.ends_on else None,
        "fee_minor": event.fee_minor, "period_months": event.period_months, "currency": event.currency,
    }  # fmt: skip


WEBHOOKS = going_out(
    WebhookEvent(
        name="order.placed", label=_("Order placed"), group=GROUP, event=OrderPlaced, order=130,
        subjects=lambda event: (event.order_id,),
        payload=lambda event, _ids: {
            **_order(event), "at": _iso(event.placed_at), "total_minor": event.total_minor,
            "tax_minor": event.tax_minor, "currency": event.currency,
        },
        sample=OrderPlaced(5120, "105120", 1042, AT, 21_400_000, "IRR", demo=False, tax_minor=1_945_455),
    ),
    WebhookEvent(
        name="order.delivered", label=_("Order delivered"), group=GROUP, event=OrderDelivered, order=131,
        subjects=lambda event: (event.order_id,),
        payload=lambda event, _ids: {**_order(event), "at": _iso(event.at)},
        sample=OrderDelivered(5120, "105120", 1042, AT, demo=False),
    ),
    WebhookEvent(
        name="order.cancelled", label=_("Order cancelled"), group=GROUP, event=OrderCancelled, order=132,
        subjects=lambda event: (event.order_id,),
        payload=lambda event, _ids: {**_order(event), "at": _iso(event.at)},
        sample=OrderCancelled(5120, "105120", 1042, AT, demo=False),
    ),
    WebhookEvent(
        name="order.returned", label=_("Order returned"), group=GROUP, event=OrderReturned, order=133,
        subjects=lambda event: (event.order_id,),
        payload=lambda event, _ids: {
            **_order(event), "origin_id": event.origin_id, "at": _iso(event.at), "total_minor": event.total_minor,
            "tax_minor": event.tax_minor, "currency": event.currency,
        },
        sample=OrderReturned(5131, "105131", 5120, 1042, AT, -4_100_000, "IRR", demo=False, tax_minor=-372_727),
    ),
    WebhookEvent(
        name="payment.recorded", label=_("Payment recorded"), group=GROUP, event=PaymentRecorded, order=134,
        subjects=lambda event: () if event.refund else (event.payment_id,),
        payload=lambda event, _ids: _payment(event),
        sample=PaymentRecorded(7003, 5120, 1042, False, AT, 21_400_000, "IRR", demo=False),
    ),
    WebhookEvent(
        name="payment.refunded", label=_("Payment given back"), group=GROUP, event=PaymentRecorded, order=135,
        subjects=lambda event: (event.payment_id,) if event.refund else (),
        payload=lambda event, _ids: _payment(event),
        sample=PaymentRecorded(7009, 5120, 1042, True, AT, 4_100_000, "IRR", demo=False),
    ),
    WebhookEvent(
        name="payment.reversed", label=_("Payment reversed"), group=GROUP, event=PaymentReversed, order=136,
        subjects=lambda event: (event.payment_id,),
        payload=lambda event, _ids: {
            "payment_id": event.payment_id, "reverses_id": event.reverses_id, "order_id": event.order_id,
            "customer_id": event.customer_id, "at": _iso(event.at), "amount_minor": event.amount_minor,
            "currency": event.currency,
        },
        sample=PaymentReversed(7010, 7003, 5120, 1042, False, AT, 21_400_000, "IRR", demo=False),
    ),
    WebhookEvent(
        name="contract.signed", label=_("Contract signed"), group=CONTRACTS, event=ContractSigned, order=140,
        subjects=lambda event: (event.contract_id,),
        payload=lambda event, _ids: {**_contract(event), "kind": event.kind, **_term(event)},
        sample=ContractSigned(
            311, "C-1311", 1042, "supply", date(2026, 3, 21), date(2027, 3, 20), 9_000_000, 1, "IRR", demo=False
        ),
    ),
    WebhookEvent(
        name="contract.renewed", label=_("Contract renewed"), group=CONTRACTS, event=ContractRenewed, order=141,
        subjects=lambda event: (event.contract_id,),
        payload=lambda event, _ids: {
            **_contract(event), "renewals": event.renewals, **_term(event), "by_itself": event.by_itself,
        },
        sample=ContractRenewed(
            311, "C-1311", 1042, 1, date(2027, 3, 21), date(2028, 3, 19), 9_900_000, 1, "IRR", False, demo=False
        ),
    ),
    WebhookEvent(
        name="contract.ended", label=_("Contract ended"), group=CONTRACTS, event=ContractEnded, order=142,
        subjects=lambda event: (event.contract_id,),
        payload=lambda event, _ids: {
            **_contract(event), "ended_on": event.ended_on.isoformat(), "reason": event.reason,
            "avoidable": event.avoidable,
        },
        sample=ContractEnded(311, "C-1311", 1042, date(2027, 3, 20), "price", True, demo=False),
    ),
)  # fmt: skip
