"""Orders on screen: the list, and one order with its payments and returns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.money.amounts import AmountError, Money
from peyvand.foundation.money.parsing import parse_amount
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.panels import blocks
from peyvand.foundation.ui.counts import exact_count_shown
from peyvand.foundation.ui.lists import BadCursorError, KeysetPage, capped_count, paginate
from peyvand.foundation.ui.pieces import CHANNELS, Empty
from peyvand.foundation.ui.toasts import toast
from peyvand.memory.commerce import queries, services
from peyvand.memory.commerce.access import ORDERS_EDIT, ORDERS_EXPORT, ORDERS_IMPORT
from peyvand.memory.commerce.models import Order, OrderKind, OrderLine, OrderStatus
from peyvand.memory.commerce.money import EXACT
from peyvand.memory.commerce.queries import NEWEST_FIRST, OrderFilter
from peyvand.memory.commerce.web.forms import said_exactly, said_price, unit_word
from peyvand.memory.commerce.web.wording import rate_words, said_discount, said_percent

PAGE = 50


@dataclass(frozen=True)
class Tab:
    """A view of the list."""

    label: str
    url: str
    current: bool
    count: str = ""


@dataclass(frozen=True)
class Chip:
    """A filter in words, with the address without it."""

    icon: str
    field: str
    value: str
    remove_url: str


def undo_url(change_set_id: int) -> str:
    """Where a toast's «برگرداندن» is posted to."""
    return reverse("changes:undo", args=[change_set_id])


def page_of(request: StaffRequest, found: QuerySet[Any], order: tuple[str, ...]) -> KeysetPage[Any]:
    """The page that the address asks for; a broken cursor shows the first."""
    before, after = request.GET.get("before"), request.GET.get("after")
    try:
        return paginate(found, order=order, cursor=before or after, size=PAGE, backwards=bool(before))
    except BadCursorError:
        return paginate(found, order=order, size=PAGE)


def address(request: StaffRequest, **changed: str) -> str:
    """This list's address with some of its query changed; "" takes one out, and the cursor goes."""
    kept = {name: value for name, value in request.GET.items() if name not in ("before", "after")}
    query = {name: value for name, value in {**kept, **changed}.items() if value}
    return f"?{urlencode(query)}" if query else "?"


def chosen_of(request: StaffRequest) -> OrderFilter:
    """The filter in the address; unknown words count as none."""
    view = request.GET.get("view", "all")
    return OrderFilter(
        view=view if view in queries.VIEWS else "all",
        text=request.GET.get("q", "").replace("\0", "")[:100],
        kind=_known(request, "kind", OrderKind.values),
        status=_known(request, "status", OrderStatus.values),
        currency=request.GET.get("currency", "").replace("\0", "")[:3],
    )


def _known(request: StaffRequest, name: str, values: list[str]) -> str:
    value = request.GET.get(name, "")
    return value if value in values else ""


def _tabs(request: StaffRequest, chosen: OrderFilter) -> list[Tab]:
    labels = {
        "all": gettext("All orders"),
        "unpaid": gettext("To be paid"),
        "returns": gettext("Returns"),
        "anonymous": gettext("Without customer"),
    }
    if not queries.may_see_anonymous(request.actor):
        del labels["anonymous"]
    return [
        Tab(label=label, url=address(request, view="" if name == "all" else name), current=chosen.view == name)
        for name, label in labels.items()
    ]


def _chips(request: StaffRequest, chosen: OrderFilter) -> list[Chip]:
    said = (
        ("category", gettext("Kind"), "kind", str(OrderKind(chosen.kind).label) if chosen.kind else ""),
        ("progress-check", gettext("Status"), "status", str(OrderStatus(chosen.status).label) if chosen.status else ""),
        ("coin", gettext("Currency"), "currency", chosen.currency),
        ("search", gettext("Search"), "q", chosen.text),
    )
    return [Chip(icon, field, value, address(request, **{name: ""})) for icon, field, name, value in said if value]


@require_safe
def order_list(request: StaffRequest) -> HttpResponse:
    """Orders, newest first, in views and filters; sums stand apart by currency."""
    actor = request.actor
    chosen = chosen_of(request)
    found = queries.orders(actor=actor, chosen=chosen)
    if request.GET.get("count") == "exact":
        return exact_count_shown(request, found)
    total, more = capped_count(found)
    narrowed = chosen != OrderFilter()
    page_url = address(request)
    context = {
        "page": page_of(request, found.select_related("customer"), NEWEST_FIRST),
        "page_url": page_url if page_url.endswith("?") else f"{page_url}&",
        "tabs": _tabs(request, chosen),
        "chips": _chips(request, chosen),
        "chosen": chosen,
        "kinds": [(value, label, address(request, kind=value)) for value, label in OrderKind.choices],
        "statuses": [(value, label, address(request, status=value)) for value, label in OrderStatus.choices],
        "total": total,
        "total_more": more,
        "count_url": address(request, count="exact"),
        "sums": [Money(row.total_minor, row.currency) for row in queries.totals(found=found) or ()],
        "bulk": False,
        "may_edit": actor.may(ORDERS_EDIT),
        "may_import": actor.may(ORDERS_IMPORT),
        "may_export": actor.may(ORDERS_EXPORT),
        "query": address(request).removeprefix("?"),
        "empty": _empty(actor=actor, narrowed=narrowed),
    }
    return render(request, "commerce/orders.html", context)


def _empty(*, actor: Actor, narrowed: bool) -> Empty:
    if narrowed:
        return Empty(
            title=gettext("No order fits"),
            text=gettext("Take a filter away, or search by the beginning of a number or a part of a name."),
            icon="shopping-bag-search",
            action=gettext("Show all orders"),
            url=reverse("commerce:orders"),
        )
    return Empty(
        title=gettext("No orders yet"),
        text=gettext("Bring in a file of invoices, line by line: customers and products come with it."),
        icon="shopping-bag",
        action=gettext("Bring in orders") if actor.may(ORDERS_IMPORT) else "",
        url=reverse("transfer:imports") if actor.may(ORDERS_IMPORT) else "",
        second=gettext("New order") if actor.may(ORDERS_EDIT) else "",
        second_url=reverse("commerce:order-new") if actor.may(ORDERS_EDIT) else "",
        sample=gettext("Invoice, product, quantity, price, date, customer: these six columns are enough."),
    )


def _order(request: StaffRequest, order_id: int) -> Order:
    try:
        return queries.order_get(actor=request.actor, order_id=order_id)
    except Order.DoesNotExist:
        raise Http404 from None


def own_order(request: StaffRequest, order_id: int) -> Order:
    """An order that the actor may touch; one that may only be seen has none of these panels."""
    request.actor.require(ORDERS_EDIT)
    order = _order(request, order_id)
    if not Order.objects.visible_to(request.actor, ORDERS_EDIT).filter(pk=order.pk).exists():
        raise Http404
    return order


@dataclass(frozen=True)
class LineShown:
    """A line as it is read: prices in the reader's unit, with as many decimals as were given."""

    line: OrderLine
    quantity: str
    unit_price: str
    amount: Money
    discount: Money
    agreed: str  # the percentage of the line's own discount, where it was agreed so
    tax: Money
    rate: str
    open: str  # how much may still come back; "" when nothing


def _shown(order: Order) -> list[LineShown]:
    left = services.returnable(order=order) if order.kind == OrderKind.SALE else {}
    return [
        LineShown(
            line=line,
            quantity=said_exactly(line.quantity),
            unit_price=said_price(line.unit_price, order.currency),
            amount=Money.from_decimal(line.amount, order.currency),
            discount=Money.from_decimal(line.taken_off, order.currency),
            agreed=said_percent(line.discount_percent) if line.discount_percent is not None else "",
            tax=Money.from_decimal(line.tax, order.currency),
            rate=said_percent(line.tax_percent) if line.tax_percent is not None else "",
            open=said_exactly(left[line.pk]) if left.get(line.pk, 0) > 0 else "",
        )
        for line in queries.lines_of(order=order)
    ]


def summed(order: Order, lines: Sequence[OrderLine]) -> list[tuple[str, Money]]:
    """The order's sums between its lines and its total, in words; none where the total is just the lines."""
    currency = order.currency
    rows: list[tuple[str, Money]] = []
    if order.discount_minor:
        before = sum((EXACT.multiply(line.quantity, line.unit_price) for line in lines), Decimal(0))
        rows.append((gettext("Before discount"), Money.from_decimal(before, currency)))
        rows.append((gettext("Discount"), -order.discount))
    if order.tax_minor or any(line.tax_percent is not None for line in lines):
        rows.append((gettext("Net"), order.net))
        taxes: dict[tuple[str, bool], Decimal] = {}
        for line in lines:
            if line.tax_percent is not None or line.tax:
                word = rate_words(line.tax_rate, line.tax_percent)
                taxes[(word, line.tax_included)] = taxes.get((word, line.tax_included), Decimal(0)) + line.tax
        for (word, included), tax in taxes.items():
            said = gettext("%(tax)s, included") % {"tax": word} if included else word
            rows.append((said, Money.from_decimal(tax, currency)))
    return rows


@require_safe
def order_page(request: StaffRequest, order_id: int) -> HttpResponse:
    """One order: lines, money, returns, what happened when, and the verbs that fit."""
    order = _order(request, order_id)
    may_edit = Order.objects.visible_to(request.actor, ORDERS_EDIT).filter(pk=order.pk).exists()
    stands = order.status != OrderStatus.CANCELLED
    sale = order.kind == OrderKind.SALE
    lines = _shown(order)
    payments = queries.payments_of(order=order)
    context = {
        "order": order,
        "lines": lines,
        "sums": summed(order, [row.line for row in lines]),
        "columns": 4 + bool(order.discount_minor) + any(row.line.tax_percent is not None for row in lines),
        "taxed": any(row.line.tax_percent is not None for row in lines),
        "agreed": said_discount(order.discount_percent, order.discount_value, order.currency),
        "payments": payments,
        "reversed": {payment.reverses_id for payment in payments if payment.reverses_id},
        "returns": list(order.returns.order_by("placed_at")),
        "steps": _steps(order),
        "via": CHANNELS[order.channel][0] if order.channel in CHANNELS else order.channel,
        "unit": unit_word(order.currency),
        "side": blocks(screen="order", slot="side", actor=request.actor, subject=order, query=request.GET.dict()),
        "may_edit": may_edit,
        "may_deliver": may_edit and sale and order.status == OrderStatus.PLACED,
        "may_return": may_edit and sale and stands and order.total_minor + order.returned_minor > 0,
        "may_cancel": may_edit and stands,
        "may_pay": may_edit and order.origin_id is None and (order.balance_minor > 0 or services.refundable(order) > 0),
    }
    return render(request, "commerce/order.html", context)


def _steps(order: Order) -> list[tuple[str, str, Any]]:
    """What happened to the order, in order: icon, words, moment."""
    back = order.kind == OrderKind.RETURN
    steps: list[tuple[str, str, Any]] = [
        (
            "arrow-back-up" if back else "shopping-bag",
            gettext("Came back") if back else gettext("Placed"),
            order.placed_at,
        )
    ]
    if order.delivered_at is not None and not back:
        steps.append(("truck-delivery", gettext("Delivered"), order.delivered_at))
    if order.cancelled_at is not None:
        steps.append(("x", gettext("Cancelled"), order.cancelled_at))
    return steps


def _refused(request: StaffRequest, error: ValidationError) -> None:
    toast(request, " ".join(error.messages), level="bad")


@require_POST
def deliver(request: StaffRequest, order_id: int) -> HttpResponse:
    """Note the delivery."""
    order = _order(request, order_id)
    try:
        with change_set(actor=request.actor, kind="edit", title=gettext("Order delivered")) as done:
            services.order_deliver(actor=request.actor, order_id=order.pk)
    except ValidationError as error:
        _refused(request, error)
    else:
        toast(
            request, gettext("Order %(number)s was delivered.") % {"number": order.number}, undo_url=undo_url(done.pk)
        )
    return redirect("commerce:order", order.pk)


@require_POST
def cancel(request: StaffRequest, order_id: int) -> HttpResponse:
    """Call the order off."""
    order = _order(request, order_id)
    try:
        with change_set(actor=request.actor, kind="edit", title=gettext("Order cancelled")) as done:
            services.order_cancel(actor=request.actor, order_id=order.pk)
    except ValidationError as error:
        _refused(request, error)
    else:
        toast(
            request, gettext("Order %(number)s was cancelled.") % {"number": order.number}, undo_url=undo_url(done.pk)
        )
    return redirect("commerce:order", order.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: StaffRequest, order_id: int) -> HttpResponse:
    """Choose what came back (the side panel)."""
    order = own_order(request, order_id)
    problems: list[str] = []
    if request.method == "POST":
        try:
            quantities = {
                line.pk: parse_amount(text)
                for line in order.items.all()
                if (text := request.POST.get(f"line-{line.pk}", "").strip())
            }
            with change_set(actor=request.actor, kind="edit", title=gettext("Goods returned")) as done:
                back = services.order_return(
                    actor=request.actor, order_id=order.pk, quantities=quantities, note=request.POST.get("note", "")
                )
        except (ValidationError, AmountError) as error:
            problems = error.messages if isinstance(error, ValidationError) else [str(error)]
        else:
            text = gettext("The return %(number)s was recorded.") % {"number": back.number}
            toast(request, text, undo_url=undo_url(done.pk))
            return go(request, reverse("commerce:order", args=[order.pk]))
    context = {"order": order, "lines": [row for row in _shown(order) if row.open], "problems": problems}
    return render(request, "commerce/return_panel.html", context, status=422 if problems else 200)


def go(request: StaffRequest, url: str) -> HttpResponse:
    """Leave for a page, from a panel or from a plain form."""
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)
