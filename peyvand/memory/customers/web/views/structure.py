"""Who belongs to whom, on a page of its own: the tree of an organisation, its people, a person's organisations."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.text.keys import fa_key
from peyvand.foundation.ui.fields import DateField
from peyvand.foundation.ui.lists import BadCursorError, KeysetPage, capped_count, paginate
from peyvand.foundation.ui.toasts import toast
from peyvand.memory.customers import queries, services, structure
from peyvand.memory.customers.errors import InvalidError
from peyvand.memory.customers.models import Customer, CustomerKind, Relation
from peyvand.memory.customers.web.views.one import customer_or_404
from peyvand.memory.customers.web.views.parts import editable_or_404

PAGE = 50
LONGEST = 200


class RelationForm(forms.Form):
    """What somebody is in an organisation."""

    role = forms.CharField(
        label=_("Role"), required=False, widget=forms.TextInput({"dir": "auto", "maxlength": 120}),
        help_text=_("Like buyer or director."),
    )  # fmt: skip
    since = DateField(label=_("From"), required=False)
    until = DateField(label=_("Until"), required=False, help_text=_("Empty: still there."))
    is_main = forms.BooleanField(
        label=_("Main contact"), required=False, help_text=_("The one to speak to first; an organisation has one.")
    )


@require_safe
def page(request: StaffRequest, customer_id: int) -> HttpResponse:
    """The tree that an organisation stands in, and its people; of a person the organisations."""
    actor = request.actor
    customer = customer_or_404(actor, customer_id)
    text = request.GET.get("q", "").replace("\x00", "")[:LONGEST].strip()
    found = structure.relations(actor=actor, customer=customer)
    side = "person" if customer.is_organisation else "organisation"
    for part in fa_key(text).split():
        found = found.filter(**{f"{side}__search_key__contains": part})
    shown = _page(request, customer, found)
    total, more = capped_count(found)
    context: dict[str, Any] = {
        "customer": customer,
        "page": shown,
        "page_url": f"?{urlencode({'q': text})}&" if text else "?",
        "rows": [(one, structure.other_of(one, customer)) for one in shown.rows],
        "text": text,
        "total": total,
        "total_more": more,
        "may_edit": queries.may_edit(actor=actor, customer=customer),
        "form": RelationForm(prefix="new"),
    }
    if customer.is_organisation:
        start = request.GET.get("part", "")
        after = int(start) if start.isdecimal() and len(start) < 19 else None
        context["tree"] = structure.tree(actor=actor, organisation=customer, after=after)
        context["tree_begun"] = after is not None
    return render(request, "customers/structure.html", context)


def _page(request: StaffRequest, customer: Customer, found: Any) -> KeysetPage[Relation]:
    order = structure.order_of(customer)
    before, after = request.GET.get("before"), request.GET.get("after")
    try:
        return paginate(found, order=order, cursor=before or after, size=PAGE, backwards=bool(before))
    except BadCursorError:
        return paginate(found, order=order, size=PAGE)


@require_POST
def relation_add(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Say what a person is in an organisation, from either side."""
    customer = editable_or_404(request, customer_id)
    chosen = request.POST.get("customer", "")
    if not chosen.isdecimal() or len(chosen) > 18:
        toast(request, gettext("Choose somebody from the list first."), level="bad")
        return _back(request, customer)
    other = customer_or_404(request.actor, int(chosen))
    pair = (other, customer) if customer.kind == CustomerKind.ORGANISATION else (customer, other)
    form = RelationForm(request.POST, prefix="new" if "new-role" in request.POST else None)
    if not form.is_valid():
        toast(request, " ".join(str(one) for found in form.errors.values() for one in found), level="bad")
        return _back(request, customer)
    try:
        services.relation_add(actor=request.actor, person=pair[0], organisation=pair[1], **form.cleaned_data)
    except InvalidError as error:
        toast(request, str(error), level="bad")
    return _back(request, customer)


def _relation(request: StaffRequest, customer: Customer, relation_id: int) -> Relation:
    try:
        return structure.relation_get(actor=request.actor, customer=customer, id=relation_id)
    except Relation.DoesNotExist:
        raise Http404 from None


@require_http_methods(["GET", "HEAD", "POST"])
def relation(request: StaffRequest, customer_id: int, relation_id: int) -> HttpResponse:
    """The side panel of a relation: role, days, main contact."""
    customer = editable_or_404(request, customer_id)
    found = _relation(request, customer, relation_id)
    initial = {name: getattr(found, name) for name in ("role", "since", "until", "is_main")}
    form = RelationForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.relation_change(actor=request.actor, relation=found, **form.cleaned_data)
        except InvalidError as error:
            for name, message in error.errors.items():
                form.add_error(name if name in form.fields else None, str(message))
        except Customer.DoesNotExist:
            raise Http404 from None
        else:
            return _back(request, customer)
    context = {"customer": customer, "relation": found, "other": structure.other_of(found, customer), "form": form}
    return render(request, "customers/relation_panel.html", context, status=422 if form.errors else 200)


@require_POST
def relation_remove(request: StaffRequest, customer_id: int, relation_id: int) -> HttpResponse:
    """Say that it was never so; who has only left gets a last day instead."""
    customer = editable_or_404(request, customer_id)
    services.relation_remove(actor=request.actor, relation=_relation(request, customer, relation_id))
    return _back(request, customer)


@require_POST
def part_add(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Make another organisation a part of this one."""
    customer = editable_or_404(request, customer_id)
    chosen = request.POST.get("customer", "")
    if not chosen.isdecimal() or len(chosen) > 18:
        toast(request, gettext("Choose an organisation from the list first."), level="bad")
        return _back(request, customer)
    part = editable_or_404(request, int(chosen))
    try:
        services.customer_update(
            actor=request.actor, customer=part, changes={"parent_id": customer.pk}, version=None
        )  # fmt: skip
    except InvalidError as error:
        toast(request, str(error), level="bad")
    return _back(request, customer)


@require_POST
def part_remove(request: StaffRequest, customer_id: int, part_id: int) -> HttpResponse:
    """Take an organisation out of the one it is a part of; `customer_id` is the page one came from."""
    customer = customer_or_404(request.actor, customer_id)
    part = editable_or_404(request, part_id)
    services.customer_update(actor=request.actor, customer=part, changes={"parent_id": None}, version=None)
    return _back(request, customer)


def _back(request: StaffRequest, customer: Customer) -> HttpResponse:
    """To the page one came from: the customer's, or that of the structure."""
    came_from = request.headers.get("HX-Current-URL", "").partition("?")[0]
    here = request.POST.get("from") == "structure" or came_from.endswith("/structure/")
    return go_to(request, customer, place="structure" if here else "one")


def go_to(request: StaffRequest, customer: Customer, *, place: str = "one") -> HttpResponse:
    """A page of the customer, from a side panel or from a plain form."""
    url = reverse(f"customers:{place}", args=[customer.pk])
    return HttpResponse(headers={"HX-Redirect": url}) if "HX-Request" in request.headers else redirect(url)
