"""Money in, money out again, and what had been recorded wrongly. The database refuses the same (0004_ledgers)."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peyvand.events.commerce import PaymentRecorded, PaymentReversed
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.outbox.services import publish
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.keys import clean
from peyvand.memory.commerce import timeline
from peyvand.memory.commerce.models import Order, OrderKind, OrderStatus, Payment, PaymentKind
from peyvand.memory.commerce.services.orders import order_get_for_edit


def payment_record(
    *,
    actor: Actor,
    order_id: int,
    amount_minor: int,
    kind: str = PaymentKind.PAYMENT,
    at: datetime | None = None,
    method: str = "",
    reference: str = "",
) -> Payment:
    """Note a payment, or a refund, in minor units of the order's currency, above zero.

    At most what is due can be paid, and at most what was paid can be given back; of a return without its sale (an
    imported one), at most its total. Money for a return with its sale belongs to the sale.
    """
    moment = at or timezone.now()
    refund = kind == PaymentKind.REFUND
    title = _("Refund recorded") if refund else _("Payment recorded")
    with change_set(actor=actor, kind="edit", title=str(title)):
        order = order_get_for_edit(actor=actor, order_id=order_id)
        _check(order=order, amount_minor=amount_minor, kind=kind)
        payment = Payment.objects.create(
            demo=order.demo,
            order=order,
            kind=kind,
            at=moment,
            amount_minor=amount_minor,
            currency=order.currency,
            method=method,
            reference=clean(reference)[:100],
        )
        if not order.tracks_payment:  # from now on we are told of this order's money
            order.tracks_payment = True
            order.save(update_fields=["tracks_payment"])
        order.refresh_from_db(fields=["paid_minor"])
        timeline.paid(actor=actor, order=order, payment=payment)
        publish(
            PaymentRecorded(
                payment_id=payment.pk,
                order_id=order.pk,
                customer_id=order.customer_id,
                refund=refund,
                at=moment,
                amount_minor=amount_minor,
                currency=order.currency,
                demo=order.demo,
            ),
            actor=actor,
        )
    return payment


def payment_reverse(*, actor: Actor, order_id: int, payment_id: int, note: str) -> Payment:
    """Take an entry that was recorded wrongly out of the sum by one of the other kind; both stay in the ledger.

    `note` says why. Payment.DoesNotExist for an entry of another order; ValidationError for one that has been reversed
    or is a reversal itself, and for a payment of which more has been given back than would be left.
    """
    said = clean(note)[:200]
    with change_set(actor=actor, kind="edit", title=str(_("Payment reversed"))):
        order = order_get_for_edit(actor=actor, order_id=order_id)
        wrong = Payment.objects.get(pk=payment_id, order=order)
        refund = wrong.kind == PaymentKind.REFUND
        if not said:
            raise ValidationError({"note": _("Say what was wrong with it.")})
        if wrong.reverses_id is not None or Payment.objects.filter(reverses=wrong).exists():
            raise ValidationError(_("This entry has been reversed already."))
        if not refund and wrong.amount_minor > refundable(order):
            raise ValidationError(_("Money was given back of this payment. Reverse the refund first."))
        made = Payment.objects.create(
            demo=order.demo,
            order=order,
            kind=PaymentKind.PAYMENT if refund else PaymentKind.REFUND,
            reverses=wrong,
            at=timezone.now(),
            amount_minor=wrong.amount_minor,
            currency=order.currency,
            method=wrong.method,
            note=said,
        )
        order.refresh_from_db(fields=["paid_minor"])
        timeline.reversed_entry(actor=actor, order=order, payment=made)
        publish(
            PaymentReversed(
                payment_id=made.pk,
                reverses_id=wrong.pk,
                order_id=order.pk,
                customer_id=order.customer_id,
                refund=refund,
                at=made.at,
                amount_minor=made.amount_minor,
                currency=order.currency,
                demo=order.demo,
            ),
            actor=actor,
        )
    return made


def _check(*, order: Order, amount_minor: int, kind: str) -> None:
    if kind not in PaymentKind.values:
        raise ValidationError({"kind": _("Choose payment or refund.")})
    if amount_minor <= 0:
        raise ValidationError({"amount": _("The amount must be above zero.")})
    if order.origin_id is not None:
        raise ValidationError(_("Record this on the order that was returned."))
    if kind == PaymentKind.PAYMENT:
        if order.kind != OrderKind.SALE or order.status == OrderStatus.CANCELLED:
            raise ValidationError(_("Nothing is to be paid for this order."))
        if amount_minor > max(order.balance_minor, 0):
            raise ValidationError({"amount": _("This is more than what is still due.")})
    elif amount_minor > refundable(order):
        raise ValidationError({"amount": _("This is more than what can be given back.")})


def refundable(order: Order) -> int:
    """The most that can still be given back, in minor units."""
    if order.kind == OrderKind.RETURN and order.status != OrderStatus.CANCELLED:
        return max(order.paid_minor - order.total_minor, 0)
    return max(order.paid_minor, 0)
