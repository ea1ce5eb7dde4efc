"""The list of customers, and what is done to many of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from peyvand.foundation.accounts import settings
from peyvand.foundation.accounts.queries import assignable
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.fields.access import SHARE
from peyvand.foundation.fields.conditions import made
from peyvand.foundation.fields.declarations import Field
from peyvand.foundation.fields.errors import ValueRefusedError
from peyvand.foundation.fields.queries import fields_of, setup_of
from peyvand.foundation.fields.web.list_views import plain_query
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.formats import number
from peyvand.foundation.ui.lists import BadCursorError, KeysetPage, capped_count
from peyvand.foundation.ui.pieces import CLASSES, Empty
from peyvand.foundation.ui.toasts import toast
from peyvand.memory.customers import access, queries, services
from peyvand.memory.customers.access import CustomerQuerySet
from peyvand.memory.customers.errors import InvalidError
from peyvand.memory.customers.fields import RECORD
from peyvand.memory.customers.filters import asked
from peyvand.memory.customers.listing import Listing
from peyvand.memory.customers.models import Customer, CustomerKind
from peyvand.memory.customers.services.bulk import BulkResult
from peyvand.memory.customers.web import showing
from peyvand.memory.customers.web.forms import ValueForm

PAGE = 50


def currency_of(actor: Actor) -> str:
    """The currency in which the list speaks of worth."""
    return queries.worth_currency(actor=actor, default=settings.text("default_currency"))


@require_safe
def customer_list(request: StaffRequest) -> HttpResponse:
    """Customers in views, under conditions that stand in the address, by name, worth or last interaction."""
    actor = request.actor
    actor.require(access.VIEW)
    currency = currency_of(actor)
    setup = setup_of(actor=actor, record=RECORD)
    query = showing.query_of(request.GET)
    if not query and setup.choice.opens:
        query = dict(parse_qsl(setup.choice.opens))
    elif (condition := _typed_condition(request, setup.fields)) is not None:
        return condition
    columns = [name for name in setup.choice.columns.split(",") if name]
    wanted = asked(actor=actor, query=query, currency=currency, fields=setup.fields, columns=columns)
    opened = next((view for view in setup.views if str(view.pk) == query.get("saved")), None)
    listing = Listing(actor, wanted, currency)
    page = _page(request, listing)
    total, more = (len(page), False) if not page.next_cursor and not page.previous_cursor else listing.count()
    owners = [
        ("me", gettext("Me")),
        ("none", gettext("Nobody")),
        *((str(pk), name) for pk, name in assignable(actor=actor)),
    ]
    tags = [(str(tag.pk), tag.name) for tag in queries.tags(actor=actor)]
    words = showing.Words(owners=dict(owners), tags=dict(tags), currency=currency)
    chips = showing.chips(wanted, words)
    saved = {"saved": str(opened.pk)} if opened is not None else {}
    url = showing.address({**wanted.query, **saved})
    heads = showing.columns(wanted, unit=showing.unit_word(currency))
    may_edit = actor.may(access.EDIT)
    given = {chip.field.name for chip in chips}
    context = {
        "page": page,
        "lines": [
            showing.line(
                customer, currency=currency, heads=heads, editable=may_edit, hidden_kinds=queries.hidden_kinds(actor)
            )
            for customer in queries.concealed(actor, page.rows)
        ],
        "heads": heads,
        "columns_left": [one for one in wanted.fields.values() if one.column and one.name not in wanted.columns],
        "opened": opened,
        "changed_view": opened is not None and plain_query(url) != plain_query(opened.query),
        "plain_query": plain_query(url),
        "whole_query": urlencode({name: value for name, value in wanted.query.items() if name != "columns"}),
        "columns_query": urlencode({"columns": ",".join(wanted.columns)}),
        "opens_here": plain_query(setup.choice.opens) == plain_query(url) if setup.choice.opens else False,
        "may_share": actor.may(SHARE),
        "bulk_fields": [one for one in wanted.fields.values() if one.edited and one.name != "owner"],
        "page_url": url if url.endswith("?") else f"{url}&",
        "here": url,
        "total": total,
        "total_more": more,
        "tabs": showing.tabs(wanted, setup.views, opened),
        "chips": chips,
        "asked": wanted,
        "unused": [one for one in showing.fields() if one.name not in given],
        "any_fields": [one for one in showing.any_fields(wanted) if one.name not in given],
        "choices": {
            "class": [(code, label) for code, (label, _icon) in CLASSES.items()],
            "owner": owners,
            "tag": tags,
            "city": queries.cities(actor=actor),
            "kind": [(kind.value, kind.label) for kind in CustomerKind],
            "touched": showing.touched_choices(),
        },
        "chosen_classes": wanted.given.get("class", "").split(","),
        "unit": showing.unit_word(currency),
        "name_sort": dict(zip(("url", "aria"), showing.sort_of(wanted, "name"), strict=True)),
        "may_edit": may_edit,
        "may_delete": actor.may(access.DELETE),
        "may_export": actor.may(access.EXPORT),
        "may_import": actor.may(access.IMPORT),
        "bulk": None if actor.may(access.EDIT) or actor.may(access.DELETE) else False,
        **(_nothing(request, listing) if not page.rows else {}),
    }
    return render(request, "customers/list.html", context)


def _typed_condition(request: StaffRequest, fields: Mapping[str, Field]) -> HttpResponse | None:
    """Where a condition was just typed: the address that has it, or the list again with what is wrong with it."""
    name, operator = request.GET.get("about", ""), request.GET.get("op", "")
    field = fields.get(name)
    if not name or field is None:
        return None
    rest = {key: value for key, value in showing.query_of(request.GET).items() if key not in ("about", "op", "with")}
    try:
        condition = made(field, operator, request.GET.getlist("with"))
    except ValueRefusedError as error:
        toast(request, str(error), level="bad")
    else:
        rest[condition.parameter] = condition.text
    return redirect(reverse("customers:list") + showing.address(rest).rstrip("?"))


def _page(request: StaffRequest, listing: Listing) -> KeysetPage[Customer]:
    before, after = request.GET.get("before"), request.GET.get("after")
    dressed = partial(queries.with_people, tags="tags" in listing.wanted.columns)
    try:
        return listing.page(cursor=before or after, size=PAGE, backwards=bool(before), dressed=dressed)
    except BadCursorError:
        return listing.page(size=PAGE, dressed=dressed)


def _nothing(request: StaffRequest, listing: Listing) -> dict[str, Any]:
    """What to show instead of rows: a lesson where there is nobody yet, else the nearest without one condition."""
    actor, wanted, currency = request.actor, listing.wanted, listing.currency
    if not wanted.given:
        if wanted.view == "all":
            return {"empty": _lesson(actor)}
        text = gettext("When there is somebody, they are listed here.")
        return {"empty": Empty(title=gettext("Nobody in this view"), text=text, icon="users")}
    nearest: list[tuple[int, bool, showing.Field, str]] = []
    for one in [
        showing.Field("q", gettext("the search"), "search", ("q",)),
        *showing.fields(),
        *showing.any_fields(wanted),
    ]:
        if any(name in wanted.given for name in one.parameters):
            rest = {name: value for name, value in wanted.query.items() if name not in one.parameters}
            chosen = asked(actor=actor, query=rest, currency=currency, fields=wanted.fields).chosen
            sought = listing.sought if chosen.text else None
            count, more = capped_count(queries.customers(actor=actor, chosen=chosen, sought=sought))
            if count:
                nearest.append((count, more, one, showing.address(rest)))
    nearest.sort(key=lambda found: found[0])
    near = queries.similar(actor=actor, text=wanted.given["q"]) if "q" in wanted.given else []
    return {
        "no_match": True,
        "nearest": [{"count": count, "more": more, "field": one, "url": url} for count, more, one, url in nearest[:3]],
        "similar": near,
    }


def _lesson(actor: Actor) -> Empty:
    text = gettext("No customers yet. Give us an Excel or CSV file; we'll recognise the columns.")
    may_import, may_edit = actor.may(access.IMPORT), actor.may(access.EDIT)
    return Empty(
        title=gettext("Everyone you know, in one place"),
        text=text,
        icon="users",
        action=gettext("Bring in a file") if may_import else "",
        url=reverse("transfer:imports") if may_import else "",
        second=gettext("New customer") if may_edit else "",
        second_url=reverse("customers:new") if may_edit else "",
        sample=gettext("For example: name, mobile, city, and the class they belong to."),
    )


# ── many at once ──────────────────────────────────────────────────────────


@require_POST
def bulk(request: StaffRequest) -> HttpResponse:
    """Owner, tag or deletion for the ticked rows, or for all that the list's conditions give; back to the list."""
    actor = request.actor
    actor.require(access.VIEW)
    wanted = asked(actor=actor, query=showing.query_of(request.GET), currency=currency_of(actor))
    back = reverse("customers:list") + showing.address(wanted.query).rstrip("?")
    ids = [int(value) for value in request.POST.getlist("ids") if value.isdecimal() and len(value) < 19]
    everyone = request.POST.get("everyone") == "1"
    chosen = queries.customers(actor=actor, chosen=wanted.chosen) if everyone else ids
    try:
        result, text = _do(request, actor, chosen)
    except InvalidError as error:
        toast(request, str(error), level="bad")
        return redirect(back)
    if not result.changed:
        toast(request, gettext("Nothing to change: it is so already, or you may not change them."), level="info")
    else:
        undo = reverse("changes:undo", args=[result.change_set_id])
        toast(request, text % {"count": number(result.changed)}, undo_url=undo)
    return redirect(back)


def _do(request: StaffRequest, actor: Actor, chosen: CustomerQuerySet | list[int]) -> tuple[BulkResult, str]:
    """The verb that was pressed, and the words of its toast, which wait for the count."""
    owner, tag, untag = (request.POST.get(name, "").strip() for name in ("owner", "tag", "untag"))
    if "delete" in request.POST:
        result = services.customers_delete(actor=actor, customers=chosen)
        return result, ngettext("%(count)s customer deleted.", "%(count)s customers deleted.", result.changed)
    if owner:
        owner_id = None if owner == "none" else int(owner) if owner.isdecimal() else -1
        result = services.owner_set(actor=actor, customers=chosen, owner_id=owner_id)
        if owner_id is None:
            words = ngettext(
                "%(count)s customer has no owner now.", "%(count)s customers have no owner now.", result.changed
            )
            return result, words
        name = dict(assignable(actor=actor)).get(owner_id, "").replace("%", "%%")
        words = ngettext(
            "%(count)s customer assigned to %(name)s.", "%(count)s customers assigned to %(name)s.", result.changed
        )
        return result, words.replace("%(name)s", name)
    if tag:
        result = services.tag_add_to(actor=actor, customers=chosen, name=tag)
        return result, ngettext("%(count)s customer tagged.", "%(count)s customers tagged.", result.changed)
    if untag:
        result = services.tag_remove_from(actor=actor, customers=chosen, name=untag)
        words = ngettext("Tag taken off %(count)s customer.", "Tag taken off %(count)s customers.", result.changed)
        return result, words
    if request.POST.get("field"):
        return _set(request, actor, chosen)
    raise Http404


def _set(request: StaffRequest, actor: Actor, chosen: CustomerQuerySet | list[int]) -> tuple[BulkResult, str]:
    field = fields_of(actor=actor, record=RECORD).get(request.POST["field"])
    if field is None or not field.edited:
        raise Http404
    form = ValueForm(request.POST, field=field)
    if not form.is_valid():
        raise InvalidError({"value": " ".join(str(one) for one in form.errors["value"])})
    result = services.fields_set(actor=actor, customers=chosen, field=field, value=form.cleaned_data["value"])
    words = ngettext(
        "%(field)s of %(count)s customer was set.", "%(field)s of %(count)s customers was set.", result.changed
    )
    return result, words.replace("%(field)s", str(field.label).replace("%", "%%"))
