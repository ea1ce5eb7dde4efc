"""A new order on screen: who buys, what, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from itertools import zip_longest
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import escape
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peyvand.foundation.accounts import settings
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.money.amounts import AmountError, Money
from peyvand.foundation.money.currencies import CURRENCIES
from peyvand.foundation.money.parsing import parse_amount
from peyvand.foundation.text.keys import fa_key
from peyvand.foundation.ui.toasts import toast
from peyvand.memory.commerce import queries, services
from peyvand.memory.commerce.access import ORDERS_EDIT, ORDERS_VIEW, customers_within
from peyvand.memory.commerce.models import Order, OrderLine, Product
from peyvand.memory.commerce.money import EXACT, exponent_of
from peyvand.memory.commerce.web.forms import (
    OrderForm,
    moment_of,
    put_errors,
    said_exactly,
    said_price,
    typed_amount,
    unit_span,
    unit_word,
)
from peyvand.memory.commerce.web.order_views import summed, undo_url
from peyvand.memory.commerce.web.wording import because, typed_discount
from peyvand.memory.customers.models import Customer
from peyvand.memory.customers.queries import concealed

CHOICES = 8  # of customers to pick from
TYPED = ("product", "description", "quantity", "price", "line_discount", "line_reason")  # of a line


@dataclass(frozen=True)
class LineTyped:
    """A line of the form, as it was typed."""

    product: str = ""
    description: str = ""
    quantity: str = ""
    price: str = ""
    discount: str = ""
    reason: str = ""

    @property
    def empty(self) -> bool:
        return not any((self.product.strip(), self.description.strip(), self.price.strip(), self.discount.strip()))


def _typed(request: StaffRequest) -> list[LineTyped]:
    columns = [request.POST.getlist(name) for name in TYPED]
    return [LineTyped(*cells) for cells in zip_longest(*columns, fillvalue="")]


@require_http_methods(["GET", "HEAD", "POST"])
def order_new(request: StaffRequest) -> HttpResponse:
    """A new order: customer, lines, date."""
    actor = request.actor
    actor.require(ORDERS_EDIT)
    form = OrderForm(
        request.POST or None,
        initial={"customer": request.GET.get("customer", ""), "currency": settings.text("default_currency")},
    )
    typed = [line for line in _typed(request) if not line.empty] if request.method == "POST" else []
    if request.method == "POST" and form.is_valid():
        try:
            with change_set(actor=actor, kind="edit", title=gettext("New order")) as done:
                order = _place(request, form, typed)
        except ValidationError as error:
            put_errors(form, error)
        except AmountError as error:
            form.add_error(None, str(error))
        else:
            text = gettext("Order %(number)s was recorded.") % {"number": order.number}
            toast(request, text, undo_url=undo_url(done.pk))
            return redirect("commerce:order", order.pk)
    currency = str(form["currency"].value())
    context = {
        "form": form,
        "lines": typed or [LineTyped(quantity="1")],
        "customer": _customer(request, form["customer"].value()),
        "unit": unit_span(currency),
        "may_be_anonymous": queries.may_see_anonymous(actor),
    }
    return render(request, "commerce/order_new.html", context, status=422 if form.errors else 200)


def _customer(request: StaffRequest, pk: Any) -> Customer | None:
    if not str(pk or "").isdecimal():
        return None
    found = customers_within(request.actor, ORDERS_VIEW).filter(pk=int(pk)).first()
    return concealed(request.actor, [found])[0] if found is not None else None


def _buyer(request: StaffRequest, form: OrderForm) -> Customer | None:
    asked = form.cleaned_data["customer"]
    customer = _customer(request, asked)
    if customer is None and asked:
        raise ValidationError(gettext("This customer no longer exists, or isn't yours. Choose another."))
    return customer


def _discount(form: OrderForm) -> services.DiscountData | None:
    data = form.cleaned_data
    return typed_discount(data["discount"], data["discount_reason"], data["currency"])


def _place(request: StaffRequest, form: OrderForm, typed: list[LineTyped]) -> Order:
    data = form.cleaned_data
    return services.order_place(
        actor=request.actor,
        customer=_buyer(request, form),
        lines=[_line(request, line, data["currency"]) for line in typed],
        currency=data["currency"],
        placed_at=moment_of(data["day"]),
        number=data["number"],
        channel=data["channel"],
        note=data["note"],
        discount=_discount(form),
    )


def _line(request: StaffRequest, typed: LineTyped, currency: str) -> services.LineData:
    """What was typed, as a line: a product is named by its code."""
    code = typed.product.strip()
    product = Product.objects.visible_to(request.actor).filter(sku__iexact=code).first() if code else None
    if code and product is None:
        raise ValidationError(
            gettext("No product has the code “%(code)s”. Choose one from the list, or use the description.")
            % {"code": code}
        )
    return services.LineData(
        product_id=product.pk if product else None,
        description=typed.description,
        quantity=parse_amount(typed.quantity) if typed.quantity.strip() else Decimal(1),
        unit_price=typed_amount(typed.price, currency),
        discount=typed_discount(typed.discount, typed.reason, currency),
    )


@dataclass(frozen=True)
class LineQuoted:
    """A line as it would be written: what it costs and why."""

    line: OrderLine
    quantity: str
    unit_price: str
    because: str
    amount: Money
    discount: Money


@require_POST
def order_quote(request: StaffRequest) -> HttpResponse:
    """What the order would come to as it stands in the form: a price for each line with its why, taxes, the total."""
    request.actor.require(ORDERS_EDIT)
    form = OrderForm(request.POST)
    typed = [line for line in _typed(request) if not line.empty]
    context: dict[str, Any] = {}
    if typed and form.is_valid():
        try:
            context = _quoted(request, form, typed)
        except ValidationError as error:
            context = {"problems": error.messages}
        except AmountError as error:
            context = {"problems": [str(error)]}
    return render(request, "commerce/order_quote.html", context)


def _quoted(request: StaffRequest, form: OrderForm, typed: list[LineTyped]) -> dict[str, Any]:
    currency = form.cleaned_data["currency"]
    lines = []
    for line in typed:  # a discount without its reason yet is no mistake while one types
        asked = _line(request, line, currency)
        lines.append(replace(asked, discount=_meant(asked.discount)))
    found = services.order_quote(
        actor=request.actor, customer=_buyer(request, form), lines=lines, currency=currency,
        placed_at=moment_of(form.cleaned_data["day"]), discount=_meant(_discount(form)),
    )  # fmt: skip
    order = preview(found, currency)
    rows = [
        LineQuoted(
            line=line,
            quantity=said_exactly(line.quantity),
            unit_price=said_price(line.unit_price, currency),
            because=because(price),
            amount=Money.from_decimal(line.amount, currency),
            discount=Money.from_decimal(line.discount, currency),
        )
        for line, price in zip(found.lines, found.prices, strict=True)
    ]
    return {"rows": rows, "order": order, "sums": summed(order, found.lines)}


def _meant(discount: services.DiscountData | None) -> services.DiscountData | None:
    return replace(discount, reason=discount.reason.strip() or "…") if discount is not None else None


def preview(found: services.Quote, currency: str) -> Order:
    """The order as the database would sum it up, not written anywhere."""
    with localcontext(EXACT):
        total = sum((line.gross for line in found.lines), Decimal(0))
        tax = sum((line.tax for line in found.lines), Decimal(0))
        off = sum((line.taken_off for line in found.lines), Decimal(0))
    return Order(
        currency=currency, exponent=exponent_of(currency), total_minor=Money.from_decimal(total, currency).minor,
        tax_minor=Money.from_decimal(tax, currency).minor, discount_minor=Money.from_decimal(off, currency).minor,
    )  # fmt: skip


@require_safe
def line_row(request: StaffRequest) -> HttpResponse:
    """One more line for the form."""
    request.actor.require(ORDERS_EDIT)
    return render(request, "commerce/line_row.html", {"line": LineTyped(quantity="1")})


@require_safe
def price_unit(request: StaffRequest) -> HttpResponse:
    """In which unit prices of the chosen currency are typed."""
    currency = request.GET.get("currency", "")
    return HttpResponse(escape(unit_word(currency)) if currency in CURRENCIES else "")


@require_safe
def customer_choices(request: StaffRequest) -> HttpResponse:
    """Customers by a part of the name, to choose one from."""
    request.actor.require(ORDERS_EDIT)
    key = fa_key(request.GET.get("q", "").replace("\0", ""))
    found = customers_within(request.actor, ORDERS_EDIT).filter(search_key__contains=key)
    choices = concealed(request.actor, found.order_by("sort_key", "pk")[:CHOICES]) if key else []
    return render(request, "commerce/customer_choices.html", {"choices": choices, "key": key})
