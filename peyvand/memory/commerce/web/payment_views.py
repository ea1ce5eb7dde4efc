"""The side panels of an order's money: recording it, and taking back what was recorded wrongly."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.money.amounts import Money
from peyvand.foundation.ui.toasts import toast
from peyvand.memory.commerce import services
from peyvand.memory.commerce.models import PaymentKind
from peyvand.memory.commerce.web.forms import PaymentForm, moment_of, put_errors, shown_amount
from peyvand.memory.commerce.web.order_views import go, own_order, undo_url


class ReversalForm(forms.Form):
    """Why an entry was wrong."""

    note = forms.CharField(label=_("What was wrong with it"), max_length=200)


@require_http_methods(["GET", "HEAD", "POST"])
def payment(request: StaffRequest, order_id: int) -> HttpResponse:
    """Record money in or back (the side panel)."""
    order = own_order(request, order_id)
    due = order.balance_minor > 0
    offered = order.balance_minor if due else services.refundable(order)
    form = PaymentForm(
        request.POST or None,
        currency=order.currency,
        initial={
            "kind": PaymentKind.PAYMENT if due else PaymentKind.REFUND,
            "amount": shown_amount(Money(offered, order.currency).to_decimal(), order.currency),
        },
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            with change_set(actor=request.actor, kind="edit", title=gettext("Payment recorded")) as done:
                services.payment_record(
                    actor=request.actor, order_id=order.pk, amount_minor=form.amount_minor(), kind=data["kind"],
                    at=moment_of(data["day"]), method=data["method"], reference=data["reference"],
                )  # fmt: skip
        except ValidationError as error:
            put_errors(form, error)
        else:
            toast(request, gettext("The payment was recorded."), undo_url=undo_url(done.pk))
            return go(request, reverse("commerce:order", args=[order.pk]))
    status = 422 if form.errors else 200
    return render(request, "commerce/payment_panel.html", {"order": order, "form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def reverse_entry(request: StaffRequest, order_id: int, payment_id: int) -> HttpResponse:
    """Take back an entry that was recorded wrongly; both stay to be seen (the side panel)."""
    order = own_order(request, order_id)
    wrong = order.payments.filter(pk=payment_id).first()
    if wrong is None:
        raise Http404
    form = ReversalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            with change_set(actor=request.actor, kind="edit", title=gettext("Payment reversed")) as done:
                services.payment_reverse(
                    actor=request.actor, order_id=order.pk, payment_id=wrong.pk, note=form.cleaned_data["note"]
                )
        except ValidationError as error:
            put_errors(form, error)
        else:
            toast(request, gettext("The entry was reversed; both stay to be seen."), undo_url=undo_url(done.pk))
            return go(request, reverse("commerce:order", args=[order.pk]))
    context = {"order": order, "payment": wrong, "form": form}
    return render(request, "commerce/reversal_panel.html", context, status=422 if form.errors else 200)
