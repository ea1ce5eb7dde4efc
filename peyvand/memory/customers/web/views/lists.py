"""The list of customers, and what is done to many of them."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from peyvand.foundation.accounts import settings
from peyvand.foundation.accounts.queries import assignable
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.formats import number
from peyvand.foundation.ui.lists import BadCursorError, KeysetPage, capped_count, paginate
from peyvand.foundation.ui.pieces import CLASSES, Empty
from peyvand.foundation.ui.toasts import toast
from peyvand.memory.customers import access, queries, services
from peyvand.memory.customers.access import CustomerQuerySet
from peyvand.memory.customers.errors import InvalidError
from peyvand.memory.customers.filters import Asked, asked
from peyvand.memory.customers.models import Customer, CustomerKind
from peyvand.memory.customers.services.bulk import BulkResult
from peyvand.memory.customers.web import showing

PAGE = 50
SORTS = (("name", "sort_key"), ("value", "worth"), ("touched", "last_interaction_at"))


def currency_of(actor: Actor) -> str:
    """The currency in which the list speaks of worth."""
    return queries.worth_currency(actor=actor, default=settings.text("default_currency"))


def ordered(found: CustomerQuerySet, wanted: Asked, currency: str) -> CustomerQuerySet:
    """The rows with what their order needs."""
    return queries.with_worth(found, currency=currency) if "value" in wanted.order else found


@require_safe
def customer_list(request: StaffRequest) -> HttpResponse:
    """Customers in views, under conditions that stand in the address, by name, worth or last interaction."""
    actor = request.actor
    actor.require(access.VIEW)
    currency = currency_of(actor)
    wanted = asked(actor=actor, query=showing.query_of(request.GET), currency=currency)
    found = queries.customers(actor=actor, chosen=wanted.chosen)
    page = _page(request, ordered(queries.with_people(found), wanted, currency), wanted.order)
    total, more = (len(page), False) if not page.next_cursor and not page.previous_cursor else capped_count(found)
    owners = [
        ("me", gettext("Me")),
        ("none", gettext("Nobody")),
        *((str(pk), name) for pk, name in assignable(actor=actor)),
    ]
    tags = [(str(tag.pk), tag.name) for tag in queries.tags(actor=actor)]
    words = showing.Words(owners=dict(owners), tags=dict(tags), currency=currency)
    chips = showing.chips(wanted, words)
    url = showing.address(wanted.query)
    context = {
        "page": page,
        "lines": [showing.line(customer, currency=currency) for customer in page.rows],
        "page_url": url if url.endswith("?") else f"{url}&",
        "here": url,
        "total": total,
        "total_more": more,
        "tabs": showing.tabs(wanted),
        "chips": chips,
        "asked": wanted,
        "unused": [one for one in showing.fields() if one.name not in {chip.field.name for chip in chips}],
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
        "sorts": _sorts(wanted),
        "may_edit": actor.may(access.EDIT),
        "may_delete": actor.may(access.DELETE),
        "may_export": actor.may(access.EXPORT),
        "may_import": actor.may(access.IMPORT),
        "bulk": None if actor.may(access.EDIT) or actor.may(access.DELETE) else False,
        **(_nothing(request, wanted, currency) if not page.rows else {}),
    }
    return render(request, "customers/list.html", context)


def _page(request: StaffRequest, found: CustomerQuerySet, order: str) -> KeysetPage[Customer]:
    before, after = request.GET.get("before"), request.GET.get("after")
    columns = queries.ORDERS[order]
    try:
        return paginate(found, order=columns, cursor=before or after, size=PAGE, backwards=bool(before))
    except BadCursorError:
        return paginate(found, order=columns, size=PAGE)


def _sorts(wanted: Asked) -> dict[str, dict[str, str]]:
    """For each head: where a click leads, and how the column is sorted now."""
    found = {}
    for name, _column in SORTS:
        falls = name != "name"  # worth and time begin with the greatest
        first, second = name, f"-{name}"
        current = wanted.order in (first, second)
        descending = (wanted.order == first) is falls
        found[name] = {
            "url": showing.address(wanted.query, sort=second if wanted.order == first else first),
            "aria": ("descending" if descending else "ascending") if current else "none",
        }
    return found


def _nothing(request: StaffRequest, wanted: Asked, currency: str) -> dict[str, Any]:
    """What to show instead of rows: a lesson where there is nobody yet, else the nearest without one condition."""
    actor = request.actor
    if not wanted.given:
        if wanted.view == "all":
            return {"empty": _lesson(actor)}
        text = gettext("When there is somebody, they are listed here.")
        return {"empty": Empty(title=gettext("Nobody in this view"), text=text, icon="users")}
    nearest: list[tuple[int, bool, showing.Field, str]] = []
    for one in [showing.Field("q", gettext("the search"), "search", ("q",)), *showing.fields()]:
        if any(name in wanted.given for name in one.parameters):
            rest = {name: value for name, value in wanted.query.items() if name not in one.parameters}
            chosen = asked(actor=actor, query=rest, currency=currency).chosen
            count, more = capped_count(queries.customers(actor=actor, chosen=chosen))
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
    raise Http404
