"""Costs on screen: the list, the form of one, and the standing prices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peyvand.foundation.accounts import settings
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.money.amounts import Money
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.text.bidi import isolate
from peyvand.foundation.ui import formats
from peyvand.foundation.ui.counts import exact_count_shown
from peyvand.foundation.ui.lists import capped_count
from peyvand.foundation.ui.pieces import CHANNELS, Empty
from peyvand.foundation.ui.toasts import toast
from peyvand.memory.commerce import queries, services
from peyvand.memory.commerce.access import COSTS_EDIT, COSTS_VIEW
from peyvand.memory.commerce.models import Cost, CostDriver, CostKind, CostRate, Order
from peyvand.memory.commerce.queries import LATEST_FIRST, CostFilter
from peyvand.memory.commerce.services.orders import house_day
from peyvand.memory.commerce.web.cost_forms import CostForm, RateForm, initial_of
from peyvand.memory.commerce.web.forms import put_errors, said_price, unit_word
from peyvand.memory.commerce.web.order_views import Chip, Tab, address, page_of, undo_url
from peyvand.memory.commerce.web.wording import days, said_percent
from peyvand.memory.customers.models import Customer
from peyvand.memory.interactions.declarations import InteractionKind
from peyvand.memory.interactions.models import Interaction


@dataclass(frozen=True)
class CostShown:
    """A cost as a row."""

    cost: Cost
    amount: Money
    what: str
    days: str
    charged: str


def _shown(cost: Cost) -> CostShown:
    return CostShown(
        cost=cost, amount=Money(cost.amount_minor, cost.currency), what=what_for(cost),
        days=formats.day(cost.day_from) if cost.day_from == cost.day_to else days(cost.day_from, cost.day_to),
        charged=str(CostDriver(cost.driver).label) if cost.driver else "",
    )  # fmt: skip


def what_for(cost: Cost) -> str:
    """What an amount was spent for, in one line."""
    if cost.aim == "order":
        number = isolate(cost.order.number) if cost.order else gettext("one that is gone")
        return gettext("Order %(number)s") % {"number": number}
    if cost.aim == "customer":
        return isolate(cost.customer.name) if cost.customer else gettext("a customer who is gone")
    if cost.aim == "interaction":
        whom = isolate(cost.customer.name) if cost.customer else ""
        return gettext("One contact with %(name)s") % {"name": whom} if whom else gettext("One contact")
    named = [cost.source, cost.medium, cost.campaign]
    said = [" / ".join(isolate(word) for word in named if word)] if any(named) else []
    if cost.channel:
        said.append(str(CHANNELS[cost.channel][0]) if cost.channel in CHANNELS else isolate(cost.channel))
    if cost.interaction_kind:
        kind = cost.interaction_kind
        said.append(
            str(registry.get(InteractionKind, kind).label) if registry.has(InteractionKind, kind) else isolate(kind)
        )
    if cost.product is not None:
        said.append(isolate(cost.product.name))
    return " · ".join(said) if said else gettext("Everybody")


@require_safe
def cost_list(request: StaffRequest) -> HttpResponse:
    """What was spent, latest first, with sums by kind."""
    actor = request.actor
    view, kind = request.GET.get("view", ""), request.GET.get("kind", "")
    chosen = CostFilter(
        view=view if view in queries.COST_VIEWS else "all",
        kind=kind if kind in CostKind.values else "",
        source=request.GET.get("source", "").replace("\0", "")[:100],
        text=request.GET.get("q", "").replace("\0", "")[:100],
    )
    found = queries.costs(actor=actor, chosen=chosen)
    if request.GET.get("count") == "exact":
        return exact_count_shown(request, found)
    total, more = capped_count(found)
    page = page_of(request, found.select_related("order", "customer", "product"), LATEST_FIRST)
    page_url = address(request)
    said = (
        ("category", gettext("Spent on"), "kind", str(CostKind(chosen.kind).label) if chosen.kind else ""),
        ("world", gettext("Source"), "source", chosen.source),
        ("search", gettext("Search"), "q", chosen.text),
    )
    context = {
        "page": page,
        "rows": [_shown(cost) for cost in page.rows],
        "page_url": page_url if page_url.endswith("?") else f"{page_url}&",
        "tabs": [
            Tab(label, address(request, view="" if name == "all" else name), chosen.view == name)
            for name, label in (
                ("all", gettext("All costs")),
                ("one", gettext("For one order, customer or contact")),
                ("driverless", gettext("Nobody said how to charge")),
            )
        ],
        "chips": [Chip(icon, name, value, address(request, **{key: ""})) for icon, name, key, value in said if value],
        "kinds": [(value, label, address(request, kind=value)) for value, label in CostKind.choices],
        "chosen": chosen,
        "sums": [] if more else [(one.label, Money(one.amount_minor, one.currency)) for one in
                                 queries.cost_sums(found=found)],
        "query": address(request).removeprefix("?"),
        "total": total,
        "total_more": more,
        "count_url": address(request, count="exact"),
        "bulk": False,
        "may_edit": actor.may(COSTS_EDIT),
        "empty": _empty(actor=actor, narrowed=chosen != CostFilter()),
    }  # fmt: skip
    return render(request, "commerce/costs.html", context)


def _empty(*, actor: Actor, narrowed: bool) -> Empty:
    if narrowed:
        return Empty(
            title=gettext("No cost fits"), text=gettext("Take a filter away, or search by source or document."),
            icon="receipt", action=gettext("Show all costs"), url=reverse("commerce:costs"),
        )  # fmt: skip
    may = actor.may(COSTS_EDIT)
    return Empty(
        title=gettext("No costs yet"),
        text=gettext(
            "Enter what advertising, selling, serving and delivering cost. Each amount is charged to the customers it "
            "was spent on, and Insight then says who brings more than they cost, and who does not."
        ),
        icon="receipt",
        action=gettext("Enter a cost") if may else "", url=reverse("commerce:cost-new") if may else "",
        second=gettext("Bring in an advertiser’s report") if may else "",
        second_url=reverse("transfer:imports") if may else "",
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def cost_form(request: StaffRequest, cost_id: int | None = None) -> HttpResponse:
    """Enter an amount, or change one."""
    actor = request.actor
    actor.require(COSTS_VIEW if cost_id and request.method != "POST" else COSTS_EDIT)
    cost = _cost(actor, cost_id) if cost_id else None
    form = CostForm(request.POST or None, actor=actor, initial=initial_of(cost) if cost else _begun(request))
    if request.method == "POST" and form.is_valid():
        try:
            with change_set(actor=actor, kind="edit", title=gettext("Cost")) as done:
                services.cost_save(
                    actor=actor, data=form.data_of(cost), cost=cost, version=form.cleaned_data["version"]
                )
        except ValidationError as error:
            put_errors(form, error)
        else:
            toast(request, gettext("The cost was saved."), undo_url=undo_url(done.pk))
            return redirect("commerce:costs")
    context = {
        "form": form, "cost": cost, "may_edit": actor.may(COSTS_EDIT), "one": _one(actor, form),
        "row": _shown(cost) if cost else None,
    }  # fmt: skip
    return render(request, "commerce/cost.html", context, status=422 if form.errors else 200)


def _cost(actor: Actor, cost_id: int) -> Cost:
    try:
        return queries.cost_get(actor=actor, cost_id=cost_id)
    except Cost.DoesNotExist:
        raise Http404 from None


def _begun(request: StaffRequest) -> dict[str, Any]:
    """An empty form, for the order, customer or contact that the address names."""
    today = house_day(timezone.now())
    begun: dict[str, Any] = {"currency": settings.text("default_currency"), "day_from": today, "day_to": today}
    for name in ("customer", "interaction"):
        text = request.GET.get(name, "")
        if text.isascii() and text.isdigit() and len(text) < 19:
            begun[f"{name}_id"] = int(text)
    text = request.GET.get("order", "")
    if text.isascii() and text.isdigit() and len(text) < 19:
        order = Order.objects.visible_to(request.actor).filter(pk=int(text)).first()
        begun["order"] = order.number if order else ""
    return begun


def _one(actor: Actor, form: CostForm) -> str:
    """The customer or contact that the form is for, in words."""
    customer_id, contact_id = form["customer_id"].value(), form["interaction_id"].value()
    if str(contact_id or "").isdigit():
        contact = Interaction.objects.visible_to(actor).filter(pk=int(contact_id)).first()
        return gettext("For one contact: %(day)s") % {"day": formats.moment(contact.at)} if contact else ""
    if str(customer_id or "").isdigit():
        customer = Customer.objects.visible_to(actor).filter(pk=int(customer_id)).first()
        return gettext("For one customer: %(name)s") % {"name": isolate(customer.name)} if customer else ""
    return ""


@require_POST
def remove(request: StaffRequest, cost_id: int) -> HttpResponse:
    """Take an entry out, with undo."""
    request.actor.require(COSTS_EDIT)
    done = services.cost_remove(actor=request.actor, cost=_cost(request.actor, cost_id))
    toast(request, gettext("The cost was removed."), undo_url=undo_url(done))
    return redirect("commerce:costs")


@dataclass(frozen=True)
class CostRateShown:
    """A standing price as a row."""

    rate: CostRate
    price: str
    unit: str
    what: str
    state: str  # now, later, over, replaced


@require_safe
def cost_rates(request: StaffRequest) -> HttpResponse:
    """Standing prices with their days."""
    actor = request.actor
    today = house_day(timezone.now())
    now = queries.rates_now(actor=actor, on=today)
    rows = [_rate_shown(rate, today=today, now=now) for rate in queries.cost_rates(actor=actor)]
    return render(request, "commerce/cost_rates.html", {"rows": rows, "may_edit": actor.may(COSTS_EDIT)})


def _rate_shown(rate: CostRate, *, today: Any, now: set[int]) -> CostRateShown:
    state = "now" if rate.pk in now else "later" if rate.valid_from > today else "replaced" if rate.amount else "over"
    percent = rate.driver == CostDriver.ORDER_VALUE
    said = (
        [str(CHANNELS[rate.channel][0]) if rate.channel in CHANNELS else isolate(rate.channel)] if rate.channel else []
    )
    said += [isolate(word) for word in (rate.source, rate.product.name if rate.product else "") if word]
    if rate.interaction_kind:
        known = registry.has(InteractionKind, rate.interaction_kind)
        said.append(
            str(registry.get(InteractionKind, rate.interaction_kind).label) if known else isolate(rate.interaction_kind)
        )
    return CostRateShown(
        rate=rate, price=said_percent(rate.amount) if percent else said_price(rate.amount, rate.currency),
        unit="" if percent else unit_word(rate.currency), what=" · ".join(said) or gettext("All"), state=state,
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def cost_rate_new(request: StaffRequest) -> HttpResponse:
    """Set a standing price from a day on."""
    actor = request.actor
    actor.require(COSTS_EDIT)
    begun = {"currency": settings.text("default_currency"), "valid_from": house_day(timezone.now())}
    form = RateForm(request.POST or None, actor=actor, initial=begun)
    if request.method == "POST" and form.is_valid():
        data = form.data_of()
        try:
            with change_set(actor=actor, kind="settings", title=data.name) as done:
                services.cost_rate_save(actor=actor, data=data)
        except ValidationError as error:
            put_errors(form, error)
        else:
            toast(request, gettext("The rate was saved."), undo_url=undo_url(done.pk))
            return redirect("commerce:cost-rates")
    return render(request, "commerce/cost_rate.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
def cost_rate_remove(request: StaffRequest, rate_id: int) -> HttpResponse:
    """Take out a price that was set by mistake, with undo."""
    actor = request.actor
    actor.require(COSTS_EDIT)
    try:
        rate = queries.cost_rate_get(actor=actor, rate_id=rate_id)
    except CostRate.DoesNotExist:
        raise Http404 from None
    done = services.cost_rate_remove(actor=actor, rate=rate)
    toast(request, gettext("The rate was removed."), undo_url=undo_url(done))
    return redirect("commerce:cost-rates")
