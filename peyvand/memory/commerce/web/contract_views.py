"""Contracts on screen: the list, one contract with its ledger, signing, renewing, another fee, the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.money.amounts import Money
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.keys import fa_key
from peyvand.foundation.ui import formats
from peyvand.foundation.ui.counts import exact_count_shown
from peyvand.foundation.ui.lists import capped_count
from peyvand.foundation.ui.pieces import Empty
from peyvand.foundation.ui.toasts import toast
from peyvand.memory.commerce import queries, services
from peyvand.memory.commerce.access import (
    CONTRACTS_EDIT,
    ORDERS_EXPORT,
    ORDERS_IMPORT,
    PRODUCTS_VIEW,
    customers_within,
)
from peyvand.memory.commerce.contract_exports import contract_filter
from peyvand.memory.commerce.contract_panels import shown
from peyvand.memory.commerce.contract_timeline import said_fee
from peyvand.memory.commerce.models import Contract, ContractEntry, ContractKind, ContractState, Product
from peyvand.memory.commerce.queries import CONTRACTS_NEWEST, SOONEST, ContractFilter
from peyvand.memory.commerce.queries.contracts import AVOIDABLE
from peyvand.memory.commerce.services.contracts import house_today
from peyvand.memory.commerce.web.contract_forms import (
    ContractForm,
    EndForm,
    FeeForm,
    RenewForm,
    initial_of,
    months_word,
)
from peyvand.memory.commerce.web.forms import put_errors
from peyvand.memory.commerce.web.order_views import Chip, Tab, address, go, page_of, undo_url
from peyvand.memory.customers.models import Customer
from peyvand.memory.customers.queries import concealed

CHOICES = 8


@require_safe
def contract_list(request: StaffRequest) -> HttpResponse:
    """Contracts in views by state; those due for renewal by the day their term is over, others newest first."""
    actor = request.actor
    chosen = contract_filter(request.GET)
    found = queries.contracts(actor=actor, chosen=chosen)
    if request.GET.get("count") == "exact":
        return exact_count_shown(request, found)
    total, more = capped_count(found)
    soon = chosen.state == ContractState.DUE or chosen.within is not None
    page = page_of(request, found.select_related("customer", "product"), SOONEST if soon else CONTRACTS_NEWEST)
    page_url = address(request)
    context = {
        "page": page,
        "rows": [shown(contract) for contract in page.rows],
        "page_url": page_url if page_url.endswith("?") else f"{page_url}&",
        "tabs": _tabs(request, chosen),
        "chips": _chips(request, chosen),
        "chosen": chosen,
        "kinds": [(label, address(request, kind=value)) for value, label in ContractKind.choices],
        "ends": [(label, address(request, avoidable=value)) for value, label in _avoidable().items()],
        "total": total,
        "total_more": more,
        "count_url": address(request, count="exact"),
        "bulk": False,
        "may_edit": actor.may(CONTRACTS_EDIT),
        "may_import": actor.may(ORDERS_IMPORT),
        "may_export": actor.may(ORDERS_EXPORT),
        "query": address(request).removeprefix("?"),
        "empty": _empty(actor=actor, narrowed=chosen != ContractFilter(chosen.today)),
    }
    return render(request, "commerce/contracts.html", context)


def _avoidable() -> dict[str, str]:
    words = (gettext("Could have been avoided"), gettext("Could not be avoided"), gettext("Nobody can say"))
    return dict(zip(AVOIDABLE, words, strict=True))


def _tabs(request: StaffRequest, chosen: ContractFilter) -> list[Tab]:
    labels = {"": gettext("All contracts"), **{state.value: str(state.label) for state in ContractState}}
    return [
        Tab(label=label, url=address(request, state=name), current=chosen.state == name)
        for name, label in labels.items()
    ]


def _chips(request: StaffRequest, chosen: ContractFilter) -> list[Chip]:
    kind = str(ContractKind(chosen.kind).label) if chosen.kind in ContractKind.values else chosen.kind
    days = gettext("within %(n)s days") % {"n": formats.number(chosen.within)} if chosen.within is not None else ""
    said = (
        ("category", gettext("Kind"), "kind", kind),
        ("refresh", gettext("Renewal"), "within", days),
        ("mood-sad", gettext("Its end"), "avoidable", _avoidable().get(chosen.avoidable, "")),
        ("coin", gettext("Currency"), "currency", chosen.currency),
        ("search", gettext("Search"), "q", chosen.text),
    )
    return [Chip(icon, field, value, address(request, **{name: ""})) for icon, field, name, value in said if value]


def _empty(*, actor: Actor, narrowed: bool) -> Empty:
    if narrowed:
        return Empty(
            title=gettext("No contract fits"),
            text=gettext("Take a filter away, or search by the beginning of a number or a part of a name."),
            icon="contract", action=gettext("Show all contracts"), url=reverse("commerce:contracts"),
        )  # fmt: skip
    return Empty(
        title=gettext("No contracts yet"),
        text=gettext(
            "Who pays by the month or year stands here: subscriptions, service contracts, memberships, leases. You see "
            "what comes up for renewal, who leaves and why, and what each is worth."
        ),
        icon="contract",
        action=gettext("New contract") if actor.may(CONTRACTS_EDIT) else "",
        url=reverse("commerce:contract-new") if actor.may(CONTRACTS_EDIT) else "",
        second=gettext("Bring in contracts") if actor.may(ORDERS_IMPORT) else "",
        second_url=reverse("transfer:imports") if actor.may(ORDERS_IMPORT) else "",
        sample=gettext("Number, customer, first day, term, fee: these five columns are enough."),
    )


def _contract(request: StaffRequest, contract_id: int) -> Contract:
    try:
        return queries.contract_get(actor=request.actor, contract_id=contract_id)
    except Contract.DoesNotExist:
        raise Http404 from None


def _own(request: StaffRequest, contract_id: int) -> Contract:
    """A contract that the actor may touch."""
    request.actor.require(CONTRACTS_EDIT)
    contract = _contract(request, contract_id)
    if not Contract.objects.visible_to(request.actor, CONTRACTS_EDIT).filter(pk=contract.pk).exists():
        raise Http404
    return contract


@require_safe
def contract_page(request: StaffRequest, contract_id: int) -> HttpResponse:
    """One contract: terms, fee, its ledger, and the verbs that fit."""
    contract = _contract(request, contract_id)
    today = house_today()
    entries = queries.entries_of(contract=contract)
    state = contract.state_on(today)
    may_edit = Contract.objects.visible_to(request.actor, CONTRACTS_EDIT).filter(pk=contract.pk).exists()
    held = queries.fee_on(entries, max(today, contract.starts_on))
    ended = contract.ended_on is not None
    now = contract.fee_minor if held is None else held
    context = {
        "contract": contract,
        "state": state,
        "fee": said_fee(Money(now, contract.currency), contract.period_months),
        "later_fee": said_fee(contract.fee, contract.period_months) if contract.fee_minor != now else "",
        "term": months_word(contract.term_months) if contract.term_months is not None else "",
        "entries": [_entry(contract, entry) for entry in reversed(entries)],
        "left": (contract.ends_on - today).days if contract.ends_on is not None and not ended else None,
        "may_edit": may_edit,
        "may_renew": may_edit and contract.ends_on is not None and (not ended or contract.reason == "lapsed"),
        "may_end": may_edit and not ended,
        "may_see_product": request.actor.may(PRODUCTS_VIEW),
    }
    return render(request, "commerce/contract.html", context)


def _entry(contract: Contract, entry: ContractEntry) -> dict[str, Any]:
    icons = {"signed": "contract", "renewal": "refresh", "fee": "coin", "end": "file-off"}
    fee = (
        said_fee(Money(entry.fee_minor, contract.currency), contract.period_months)
        if entry.fee_minor is not None
        else ""
    )
    return {"entry": entry, "icon": icons[entry.kind], "fee": fee}


def _asked(request: StaffRequest, pk: Any) -> Customer | None:
    if not str(pk or "").isdecimal():
        return None
    found = customers_within(request.actor, CONTRACTS_EDIT).filter(pk=int(pk)).first()
    return concealed(request.actor, [found])[0] if found is not None else None


@require_http_methods(["GET", "HEAD", "POST"])
def contract_form(request: StaffRequest, contract_id: int | None = None) -> HttpResponse:
    """Sign a contract, or put right what was noted of one."""
    actor = request.actor
    actor.require(CONTRACTS_EDIT)
    own = _own(request, contract_id) if contract_id is not None else None
    form = ContractForm(
        request.POST or None,
        own=own,
        initial=initial_of(own) | ({} if own else {"customer": request.GET.get("customer")}),
    )
    customer = own.customer if own else _asked(request, form["customer"].value())
    if request.method == "POST" and form.is_valid():
        try:
            title = gettext("Contract changed") if own else gettext("Contract signed")
            with change_set(actor=actor, kind="edit", title=title) as done:
                kept = _saved(request, form, own=own, customer=customer)
        except ValidationError as error:
            put_errors(form, error)
        else:
            said = gettext("The contract was saved.") if own else gettext("Contract %(number)s was signed.")
            toast(request, said % {"number": kept.number} if not own else said, undo_url=undo_url(done.pk))
            return redirect("commerce:contract", kept.pk)
    context = {"form": form, "contract": own, "customer": customer}
    return render(request, "commerce/contract_form.html", context, status=422 if form.errors else 200)


def _saved(request: StaffRequest, form: ContractForm, *, own: Contract | None, customer: Customer | None) -> Contract:
    data = form.cleaned_data
    if data["fee"] is None:
        raise ValidationError({"fee": gettext("Type the fee; 0 where there is none.")})
    asked = services.ContractData(
        starts_on=data["starts_on"], fee_minor=Money.from_decimal(data["fee"], data["currency"]).minor,
        currency=data["currency"], kind=data["kind"], term_months=data["term_months"],
        period_months=data["period_months"], renews_itself=data["renews_itself"],
        product_id=_product(request, data["product"]), number=data["number"], note=data["note"],
    )  # fmt: skip
    if own is not None:
        return services.contract_save(actor=request.actor, contract_id=own.pk, data=asked, version=data["version"])
    if customer is None:
        raise ValidationError(gettext("Choose the customer whose contract it is."))
    return services.contract_sign(actor=request.actor, customer=customer, data=asked)


def _product(request: StaffRequest, code: str) -> int | None:
    if not code.strip():
        return None
    found = Product.objects.visible_to(request.actor).filter(sku__iexact=code.strip()).first()
    if found is None:
        text = gettext("No product has the code “%(code)s”. Choose one from the list, or leave it empty.")
        raise ValidationError({"product": text % {"code": code}})
    return found.pk


def _panel(
    request: StaffRequest, contract: Contract, form: Any, *, verb: str, title: str, said: str,
    act: Callable[[dict[str, Any]], Any],
) -> HttpResponse:  # fmt: skip
    """A side panel that does one thing to a contract."""
    if request.method == "POST" and form.is_valid():
        try:
            with change_set(actor=request.actor, kind="edit", title=title) as done:
                act(form.cleaned_data)
        except ValidationError as error:
            put_errors(form, error)
        else:
            toast(request, said % {"number": contract.number}, undo_url=undo_url(done.pk))
            return go(request, reverse("commerce:contract", args=[contract.pk]))
    context = {
        "contract": contract,
        "form": form,
        "title": title,
        "url": reverse(f"commerce:{verb}", args=[contract.pk]),
    }
    return render(request, "commerce/contract_panel.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def renew(request: StaffRequest, contract_id: int) -> HttpResponse:
    """Another term (the side panel)."""
    contract = _own(request, contract_id)
    form = RenewForm(request.POST or None, contract=contract, initial={"term_months": contract.term_months})
    return _panel(
        request, contract, form, verb="contract-renew", title=gettext("Renew the contract"),
        said=gettext("Contract %(number)s was renewed."),
        act=lambda data: services.contract_renew(
            actor=request.actor, contract_id=contract.pk, term_months=data["term_months"], fee_minor=form.fee_minor(),
            note=data["note"],
        ),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def new_fee(request: StaffRequest, contract_id: int) -> HttpResponse:
    """Another fee (the side panel)."""
    contract = _own(request, contract_id)
    form = FeeForm(request.POST or None, contract=contract, initial={"day": house_today()})

    def act(data: dict[str, Any]) -> None:
        fee = form.fee_minor()
        if fee is None:
            raise ValidationError({"fee": gettext("Type the fee; 0 where there is none.")})
        services.contract_fee(
            actor=request.actor, contract_id=contract.pk, fee_minor=fee, day=data["day"], note=data["note"]
        )

    return _panel(
        request, contract, form, verb="contract-fee", title=gettext("New fee"),
        said=gettext("The new fee of contract %(number)s was noted."), act=act,
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: StaffRequest, contract_id: int) -> HttpResponse:
    """The end, and why (the side panel)."""
    contract = _own(request, contract_id)
    last = contract.ends_on if contract.ends_on is not None else house_today()
    form = EndForm(request.POST or None, contract=contract, initial={"day": last})
    return _panel(
        request, contract, form, verb="contract-end", title=gettext("End the contract"),
        said=gettext("The end of contract %(number)s was noted."),
        act=lambda data: services.contract_end(
            actor=request.actor, contract_id=contract.pk, day=data["day"], reason=data["reason"], note=data["note"]
        ),
    )  # fmt: skip


@require_safe
def contract_customers(request: StaffRequest) -> HttpResponse:
    """Customers by a part of the name, to choose one from."""
    request.actor.require(CONTRACTS_EDIT)
    key = fa_key(request.GET.get("q", "").replace("\0", ""))
    found = customers_within(request.actor, CONTRACTS_EDIT).filter(search_key__contains=key)
    choices = concealed(request.actor, found.order_by("sort_key", "pk")[:CHOICES]) if key else []
    return render(request, "commerce/customer_choices.html", {"choices": choices, "key": key})
