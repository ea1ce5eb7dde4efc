"""Lists of customers: all of them, one with its members, and what is done to them."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.ui.counts import exact_count_shown
from peyvand.foundation.ui.formats import number
from peyvand.foundation.ui.lists import BadCursorError, KeysetPage, capped_count, paginate
from peyvand.foundation.ui.pieces import Empty
from peyvand.foundation.ui.toasts import toast
from peyvand.memory.customers import access, lists, queries, services
from peyvand.memory.customers.errors import ConflictError, InvalidError
from peyvand.memory.customers.filters import asked
from peyvand.memory.customers.models import CustomerList, ListMember
from peyvand.memory.customers.services import ListData
from peyvand.memory.customers.services.bulk import Chosen
from peyvand.memory.customers.web import showing
from peyvand.memory.customers.web.list_form import ListForm, initial_of
from peyvand.memory.customers.web.views.lists import currency_of
from peyvand.memory.customers.web.views.on_lists import editable_list_or_404, list_of_post, list_or_404, undo_of
from peyvand.memory.customers.web.views.one import customer_or_404

PAGE = 50


def _page(request: StaffRequest, found: Any, order: tuple[str, ...]) -> KeysetPage[Any]:
    before, after = request.GET.get("before"), request.GET.get("after")
    try:
        return paginate(found, order=order, cursor=before or after, size=PAGE, backwards=bool(before))
    except BadCursorError:
        return paginate(found, order=order, size=PAGE)


def _text(request: StaffRequest) -> str:
    return request.GET.get("q", "").replace("\x00", "").strip()[:100]


@require_safe
def all_lists(request: StaffRequest) -> HttpResponse:
    """The lists that the actor sees, in use or archived."""
    actor = request.actor
    actor.require(access.VIEW)
    archived, text = request.GET.get("archived") == "1", _text(request)
    found = lists.lists(actor=actor, archived=archived)
    if text:
        found = found.filter(name__icontains=text)
    page = _page(request, found, lists.BY_NAME)
    ids = [one.pk for one in page.rows]
    counts = lists.member_counts(actor=actor, ids=ids)
    mine = set(CustomerList.objects.editable_by(actor).filter(pk__in=ids).values_list("pk", flat=True))
    query = {"archived": "1" if archived else "", "q": text}
    url = showing.address(query)
    may_make = actor.may(access.LISTS)
    context = {
        "page": page,
        "page_url": url if url.endswith("?") else f"{url}&",
        "rows": [(one, counts.get(one.pk, 0), one.pk in mine) for one in page.rows],
        "tabs": [
            showing.Tab(gettext("In use"), showing.address({"q": text}), not archived),
            showing.Tab(gettext("Archived"), showing.address({"archived": "1", "q": text}), archived),
        ],
        "text": text,
        "archived": archived,
        "may_make": may_make,
        "bulk": False,
        "empty": _no_lists(narrowed=bool(text or archived), may_make=may_make),
    }
    return render(request, "customers/lists.html", context)


def _no_lists(*, narrowed: bool, may_make: bool) -> Empty:
    if narrowed:
        return Empty(title=gettext("No list here"), text=gettext("Look among all lists."), icon="list-details",
                     action=gettext("All lists"), url=reverse("customers:lists"))  # fmt: skip
    return Empty(
        title=gettext("People put together for a purpose"),
        text=gettext("A list holds whom you put on it, by hand, from a file or out of a filter, until you change it."),
        icon="list-details",
        action=gettext("New list") if may_make else "",
        url=reverse("customers:list-new") if may_make else "",
        sample=gettext("For example: guests of the autumn tasting, firms to visit in Isfahan."),
    )


@require_safe
def one_list(request: StaffRequest, list_id: int) -> HttpResponse:
    """A list with its members, whoever was added last on top."""
    actor = request.actor
    one = list_or_404(actor, list_id)
    text = _text(request)
    seen = lists.members(actor=actor, one=one)
    if text:
        seen = seen.filter(queries.matching(actor=actor, text=text))
    if request.GET.get("count") == "exact":
        return exact_count_shown(request, seen)
    found = ListMember.objects.filter(list=one, customer__in=seen.values("pk")).select_related("added_by")
    page = _page(request, found, ("-id",))
    total, more = (len(page), False) if not page.next_cursor and not page.previous_cursor else capped_count(seen)
    people = queries.customers(actor=actor).filter(pk__in=[row.customer_id for row in page.rows])
    people = queries.with_people(people, actor=actor)
    lines = {
        customer.pk: showing.line(customer, currency=currency_of(actor))
        for customer in queries.concealed(actor, people)
    }
    url = showing.address({"q": text})
    may_edit = lists.may_edit(actor=actor, one=one)
    condition = urlencode({"f.lists": f"any:{one.pk}"})
    context = {
        "one": one,
        "page": page,
        "page_url": url if url.endswith("?") else f"{url}&",
        "rows": [(row, lines[row.customer_id]) for row in page.rows if row.customer_id in lines],
        "total": total,
        "total_more": more,
        "count_url": showing.address({"q": text, "count": "exact"}),
        "text": text,
        "customers_url": f"{reverse('customers:list')}?{condition}",
        "export_query": condition,
        "list_query": condition,
        "may_edit": may_edit,
        "may_copy": actor.may(access.LISTS),
        "may_export": actor.may(access.EXPORT),
        "may_import": actor.may(access.IMPORT) and may_edit,
        "bulk": None if may_edit else False,
        "empty": _no_members(narrowed=bool(text)),
    }
    return render(request, "customers/one_list.html", context)


def _no_members(*, narrowed: bool) -> Empty:
    if narrowed:
        return Empty(title=gettext("Nobody of that name is on this list"), icon="users",
                     text=gettext("Try a part of the name, a phone or an e-mail."))  # fmt: skip
    return Empty(
        title=gettext("Nobody is on this list yet"),
        text=gettext("Tick people in Customers and press “List”, bring them in from a file, or add one here."),
        icon="users", action=gettext("Choose among customers"), url=reverse("customers:list"),
    )  # fmt: skip


# ── what is done to a list ────────────────────────────────────────────────


@require_http_methods(["GET", "HEAD", "POST"])
def list_new(request: StaffRequest) -> HttpResponse:
    """A new list, empty at first."""
    request.actor.require(access.VIEW)
    request.actor.require(access.LISTS)
    return _form(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
def list_edit(request: StaffRequest, list_id: int) -> HttpResponse:
    """What a list is called, and who sees it."""
    return _form(request, editable_list_or_404(request, list_id))


def _form(request: StaffRequest, one: CustomerList | None) -> HttpResponse:
    actor = request.actor
    form = ListForm(request.POST or None, actor=actor, one=one, initial=initial_of(actor, one))
    if request.method == "POST" and form.is_valid():
        try:
            version = form.read_version if one is not None else None
            kept = services.list_save(actor=actor, data=form.data_of(), one=one, version=version)
        except InvalidError as error:
            form.put_errors(error)
        except ConflictError:
            words = gettext("Somebody changed this list meanwhile. What you typed is here; saving again keeps yours.")
            form.add_error(None, words)
            form.renew(lists.list_get(actor=actor, id=one.pk) if one is not None else None)
        else:
            toast(request, gettext("The list “%(name)s” was saved.") % {"name": kept.name})
            return redirect("customers:list-one", kept.pk)
    return render(request, "customers/list_form.html", {"form": form, "one": one}, status=422 if form.errors else 200)


@require_POST
def list_archive(request: StaffRequest, list_id: int) -> HttpResponse:
    """Put a list away, or take it up again."""
    one = editable_list_or_404(request, list_id)
    archived = request.POST.get("archived") != "0"
    done = services.list_archive(actor=request.actor, one=one, archived=archived)
    text = gettext("“%(name)s” is archived; its members are kept.") if archived else gettext("“%(name)s” is back.")
    toast(request, text % {"name": one.name}, undo_url=reverse("changes:undo", args=[done]))
    return redirect("customers:list-one", one.pk)


@require_POST
def list_delete(request: StaffRequest, list_id: int) -> HttpResponse:
    """Delete a list, with the way back; to the lists."""
    one = editable_list_or_404(request, list_id)
    done = services.list_delete(actor=request.actor, one=one)
    text = gettext("The list “%(name)s” was deleted; the customers stay.") % {"name": one.name}
    toast(request, text, undo_url=reverse("changes:undo", args=[done]))
    return redirect("customers:lists")


@require_POST
def list_copy(request: StaffRequest, list_id: int) -> HttpResponse:
    """A copy of one's own, with whoever one sees of its members."""
    request.actor.require(access.LISTS)
    one = list_or_404(request.actor, list_id)
    try:
        made = services.list_copy(actor=request.actor, one=one)
    except InvalidError as error:
        toast(request, str(error), level="bad")
        return redirect("customers:list-one", one.pk)
    toast(request, gettext("“%(name)s” is your copy.") % {"name": made.name})
    return redirect("customers:list-one", made.pk)


@require_POST
def list_of(request: StaffRequest) -> HttpResponse:
    """A new list of all whom the list's conditions give now."""
    actor = request.actor
    actor.require(access.VIEW)
    actor.require(access.LISTS)
    query = dict(parse_qsl(request.POST.get("query", "").lstrip("?")[:2000]))
    wanted = asked(actor=actor, query=query, currency=currency_of(actor))
    chosen = queries.customers(actor=actor, chosen=wanted.chosen)
    try:
        made, result = services.list_of(actor=actor, data=ListData(name=request.POST.get("name", "")), customers=chosen)
    except InvalidError as error:
        toast(request, str(error), level="bad")
        return redirect(reverse("customers:list") + showing.address(wanted.query).rstrip("?"))
    words = ngettext("%(count)s customer is on it now.", "%(count)s customers are on it now.", result.changed)
    toast(request, words % {"count": number(result.changed)}, undo_url=undo_of(result))
    return redirect("customers:list-one", made.pk)


# ── who is on a list ──────────────────────────────────────────────────────


def _ids(request: StaffRequest, name: str) -> list[int]:
    return [int(value) for value in request.POST.getlist(name) if value.isdecimal() and len(value) < 19]


@require_POST
def member_add(request: StaffRequest, list_id: int) -> HttpResponse:
    """Put one customer, chosen by name, on the list."""
    one = editable_list_or_404(request, list_id)
    result = services.list_add(actor=request.actor, one=one, customers=_ids(request, "customer"))
    if result.changed:
        toast(request, gettext("Put on the list."), undo_url=undo_of(result))
    else:
        toast(request, gettext("Choose somebody who is not on the list yet."), level="info")
    return redirect("customers:list-one", one.pk)


@require_POST
def members_remove(request: StaffRequest, list_id: int) -> HttpResponse:
    """Take the ticked members, or all of them, off the list."""
    one = editable_list_or_404(request, list_id)
    everyone = request.POST.get("everyone") == "1"
    chosen: Chosen = lists.members(actor=request.actor, one=one) if everyone else _ids(request, "ids")
    try:
        result = services.list_remove(actor=request.actor, one=one, customers=chosen)
    except InvalidError as error:
        toast(request, str(error), level="bad")
    else:
        words = ngettext("%(count)s customer taken off.", "%(count)s customers taken off.", result.changed)
        toast(request, words % {"count": number(result.changed)}, undo_url=undo_of(result))
    return redirect("customers:list-one", one.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def of_one_add(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Put a customer, from their own page, on a list or on a new one; the form for it."""
    actor = request.actor
    actor.require(access.LISTS)
    customer = customer_or_404(actor, customer_id)
    if request.method != "POST":
        context = {"customer": customer, "lists": lists.lists_for(actor=actor, customer=customer)}
        return render(request, "customers/of_one_list.html", context)
    fresh, known = request.POST.get("newlist", "").strip(), request.POST.get("list", "")
    try:
        if fresh:
            made, result = services.list_of(actor=actor, data=ListData(name=fresh), customers=[customer.pk])
        elif known:
            made = list_of_post(request, known)
            result = services.list_add(actor=actor, one=made, customers=[customer.pk])
        else:
            raise InvalidError({"list": gettext("Choose a list, or type the name of a new one.")})
    except InvalidError as error:
        toast(request, str(error), level="bad")
    else:
        values = {"customer": customer.name, "list": made.name}
        toast(request, gettext("%(customer)s is on “%(list)s”.") % values, undo_url=undo_of(result))
    return redirect("customers:one", customer.pk)


@require_POST
def of_one_remove(request: StaffRequest, customer_id: int, list_id: int) -> HttpResponse:
    """Take a customer, from their own page, off a list."""
    customer = customer_or_404(request.actor, customer_id)
    one = editable_list_or_404(request, list_id)
    result = services.list_remove(actor=request.actor, one=one, customers=[customer.pk])
    values = {"customer": customer.name, "list": one.name}
    toast(request, gettext("%(customer)s is off “%(list)s”.") % values, undo_url=undo_of(result))
    return redirect("customers:one", customer.pk)
