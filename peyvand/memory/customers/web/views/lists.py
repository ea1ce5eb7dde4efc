"""The list of customers, and what is done to many of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from time import monotonic
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from peyvand.foundation.accounts import settings
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.fields.access import SHARE
from peyvand.foundation.fields.conditions import made
from peyvand.foundation.fields.declarations import Field
from peyvand.foundation.fields.errors import ValueRefusedError
from peyvand.foundation.fields.queries import Setup, fields_of, setup_of
from peyvand.foundation.fields.services import may_change_view
from peyvand.foundation.fields.web.list_views import plain_query
from peyvand.foundation.jobs import services as jobs
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.ui.counts import exact_count_shown
from peyvand.foundation.ui.formats import number, unit_word
from peyvand.foundation.ui.lists import BadCursorError, KeysetPage, capped_count, quick_count
from peyvand.foundation.ui.pieces import Empty
from peyvand.foundation.ui.toasts import toast
from peyvand.memory.customers import access, queries, services, tasks
from peyvand.memory.customers.access import CustomerQuerySet
from peyvand.memory.customers.declarations import ConditionsAction, ListAction
from peyvand.memory.customers.errors import InvalidError
from peyvand.memory.customers.fields import RECORD
from peyvand.memory.customers.filters import VIEWS, Asked, asked
from peyvand.memory.customers.listing import Listing
from peyvand.memory.customers.lists import with_lists
from peyvand.memory.customers.models import Customer
from peyvand.memory.customers.services.wishes import Wish
from peyvand.memory.customers.web import showing
from peyvand.memory.customers.web.forms import ValueForm
from peyvand.memory.customers.web.views.on_lists import list_wish

PAGE = 50
ONE_COUNT, ALL_COUNTS = 0.7, 3.0  # seconds for the count of a view, and of all


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
    elif (condition := _typed_condition(request, setup.fields, currency)) is not None:
        return condition
    columns = [name for name in setup.choice.columns.split(",") if name]
    wanted = asked(actor=actor, query=query, currency=currency, fields=setup.fields, columns=columns)
    opened = next((view for view in setup.views if str(view.pk) == query.get("saved")), None)
    listing = Listing(actor, wanted, currency)
    if request.GET.get("count") == "exact":
        return exact_count_shown(request, listing.found)
    if request.GET.get("menu") == "filters":
        return _filters_menu(request, wanted, currency)
    if request.GET.get("count") == "views":
        return _view_counts(request, setup, currency)
    page = _page(request, listing)
    total, more = (len(page), False) if not page.next_cursor and not page.previous_cursor else listing.count()
    chips = showing.chips(wanted, currency=currency)
    saved = {"saved": str(opened.pk)} if opened is not None else {}
    url = showing.address({**wanted.query, **saved})
    heads = showing.columns(wanted, unit=unit_word(currency))
    may_edit = actor.may(access.EDIT)
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
        "filters_url": showing.address({**wanted.query, "menu": "filters"}),
        "counts_url": showing.address({"count": "views"}),
        "views": [(view, may_change_view(actor=actor, view=view)) for view in setup.views],
        "count_url": showing.address({**wanted.query, "count": "exact"}),
        "touched_choices": showing.touched_choices(),
        "cities": queries.cities(actor=actor) if any(chip.field.name == "city" for chip in chips) else [],
        "owner_choices": [("none", gettext("Nobody")), *wanted.fields["owner"].choices],
        "tag_choices": wanted.fields["tags"].choices,
        "unit": unit_word(currency),
        "name_sort": dict(zip(("url", "aria"), showing.sort_of(wanted, "name"), strict=True)),
        "may_edit": may_edit,
        "may_delete": actor.may(access.DELETE),
        "may_export": actor.may(access.EXPORT),
        "may_import": actor.may(access.IMPORT),
        "may_list": actor.may(access.LISTS),
        "conditions_actions": [one for one in registry.all(ConditionsAction) if actor.may(one.permission)],
        "list_actions": (actions := [one for one in registry.all(ListAction) if actor.may(one.permission)]),
        "bulk": None if actions or any(actor.may(one) for one in (access.EDIT, access.DELETE, access.LISTS)) else False,
        **(_nothing(request, listing) if not page.rows else {}),
    }
    return render(request, "customers/list.html", context)


def _view_counts(request: StaffRequest, setup: Setup, currency: str) -> HttpResponse:
    """How many customers each view has: pieces for its tabs, brought after the page. Slow ones go without."""
    queries_of = {view: {"view": view} for view in VIEWS}
    queries_of |= {str(view.pk): dict(parse_qsl(view.query)) for view in setup.views}
    counts, until = [], monotonic() + ALL_COUNTS
    for key, query in queries_of.items():
        wanted = asked(actor=request.actor, query=query, currency=currency, fields=setup.fields)
        left = min(ONE_COUNT, until - monotonic())
        chosen = queries.customers(actor=request.actor, chosen=wanted.chosen)
        if left > 0 and (found := quick_count(chosen, seconds=left)) is not None:
            counts.append((key, *found))
    return render(request, "customers/view_counts.html", {"counts": counts})


def _filters_menu(request: StaffRequest, wanted: Asked, currency: str) -> HttpResponse:
    """What else can be asked for: the menu's piece, brought when it opens."""
    given = {one.field.name for one in wanted.stated} | {"touched" if "touched" in wanted.given else ""}
    given |= {"worth"} if "from" in wanted.given or "to" in wanted.given else set()
    left = [one for one in showing.fields(wanted) if one.name not in given]
    context = {
        "asked": wanted,
        "unused": [one for one in left if one.name in showing.COMMON],
        "others": [one for one in left if one.name not in showing.COMMON],
        "touched_choices": showing.touched_choices(),
        "cities": queries.cities(actor=request.actor),
        "unit": unit_word(currency),
    }
    return render(request, "customers/filters_menu.html", context)


def _typed_condition(request: StaffRequest, fields: Mapping[str, Field], currency: str) -> HttpResponse | None:
    """Where a condition was just typed: the address that has it, or the list again with what is wrong with it."""
    name, operator = request.GET.get("about", ""), request.GET.get("op", "")
    field = fields.get(name)
    if not name or field is None:
        return None
    rest = {key: value for key, value in showing.query_of(request.GET).items() if key not in ("about", "op", "with")}
    try:
        if name == "worth":
            rest |= showing.worth_asked(request.GET.getlist("with"), currency)
        else:
            condition = made(field, operator, request.GET.getlist("with"), by_hand=True)
            rest[condition.parameter] = condition.text
    except ValueRefusedError as error:
        toast(request, str(error), level="bad")
    return redirect(reverse("customers:list") + showing.address(rest).rstrip("?"))


def _page(request: StaffRequest, listing: Listing) -> KeysetPage[Customer]:
    before, after = request.GET.get("before"), request.GET.get("after")
    dressed = partial(_dressed, listing=listing)
    try:
        return listing.page(cursor=before or after, size=PAGE, backwards=bool(before), dressed=dressed)
    except BadCursorError:
        return listing.page(size=PAGE, dressed=dressed)


def _dressed(rows: CustomerQuerySet, listing: Listing) -> CustomerQuerySet:
    """The rows with what the columns show."""
    columns = listing.wanted.columns
    rows = queries.with_people(rows, actor=listing.actor, tags="tags" in columns, columns=columns)
    return with_lists(rows, actor=listing.actor) if "lists" in columns else rows


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
        *showing.fields(wanted),
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
    try:
        wish = _wish(request, actor)
        if request.POST.get("everyone") == "1":
            chosen = services.wishes.chosen_by(actor=actor, query=wanted.query, currency=currency_of(actor))
            if chosen[: services.wishes.LONG + 1].count() > services.wishes.LONG:
                return _long(request, wish, wanted.query)
            result = services.wishes.wish_do(actor=actor, customers=chosen, wish=wish)
        else:
            ids = [int(value) for value in request.POST.getlist("ids") if value.isdecimal() and len(value) < 19]
            result = services.wishes.wish_do(actor=actor, customers=ids, wish=wish)
    except InvalidError as error:
        toast(request, str(error), level="bad")
        return redirect(back)
    if not result.changed or result.change_set_id is None:
        toast(request, gettext("Nothing to change: it is so already, or you may not change them."), level="info")
    else:
        undo = reverse("changes:undo", args=[result.change_set_id])
        text = services.wishes.words(actor=actor, wish=wish, count=result.changed)
        toast(request, text % {"count": number(result.changed)}, undo_url=undo)
    return redirect(back)


def _long(request: StaffRequest, wish: Wish, query: Mapping[str, str]) -> HttpResponse:
    """So many that it is done in the background; its page tells how far it is, and has the way back."""
    actor = request.actor
    actor.require(wish.permission)
    arguments = {"query": dict(query), "currency": currency_of(actor), "wish": wish.as_plain()}
    run = jobs.start(actor=actor, job=tasks.JOB, title=gettext("Bulk edit"), arguments=arguments)
    return redirect("jobs:run", run.pk)


def _wish(request: StaffRequest, actor: Actor) -> Wish:
    """The verb that was pressed, with its value."""
    if (listed := list_wish(request)) is not None:
        return listed
    owner, tag, untag = (request.POST.get(name, "").strip() for name in ("owner", "tag", "untag"))
    if "delete" in request.POST:
        return Wish("delete")
    if owner:
        return Wish("owner", None if owner == "none" else int(owner) if owner.isdecimal() and len(owner) < 19 else -1)
    if tag:
        return Wish("tag", tag)
    if untag:
        return Wish("untag", untag)
    if request.POST.get("field"):
        return _field_wish(request, actor)
    raise Http404


def _field_wish(request: StaffRequest, actor: Actor) -> Wish:
    field = fields_of(actor=actor, record=RECORD).get(request.POST["field"])
    if field is None or not field.edited:
        raise Http404
    form = ValueForm(request.POST, field=field)
    if not form.is_valid():
        raise InvalidError({"value": " ".join(str(one) for one in form.errors["value"])})
    return Wish("field", form.cleaned_data["value"], field.name)
