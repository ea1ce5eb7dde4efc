"""Views of lists: kept, shared, removed, opened with; and the columns one wants."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.fields import queries, services
from peyvand.foundation.fields.declarations import RecordType
from peyvand.foundation.fields.errors import InvalidError
from peyvand.foundation.fields.models import SavedView
from peyvand.foundation.registry.registry import UnknownNameError
from peyvand.foundation.ui.toasts import toast

LONGEST = 2000
PLACE = ("after", "before")  # of the cursor: where one stands in a list is no part of a view


def _record(name: str) -> RecordType:
    try:
        return queries.record_type(name)
    except UnknownNameError:
        raise Http404 from None


def plain_query(raw: str) -> str:
    """An address's query without where one stands in the list, and without the view it came from."""
    pairs = parse_qsl(raw.lstrip("?")[:LONGEST], keep_blank_values=False)
    return urlencode([(name, value) for name, value in pairs if name not in (*PLACE, "saved")])


def _back(record: RecordType, query: str, **more: object) -> HttpResponse:
    parts = [part for part in (query, urlencode(more)) if part]
    return redirect(reverse(record.list_url) + (f"?{'&'.join(parts)}" if parts else ""))


@require_POST
def view_save(request: StaffRequest, record: str) -> HttpResponse:
    """Keep what the list shows now under a name, or in the view that is open."""
    actor, kind = request.actor, _record(record)
    actor.require(kind.view)
    query = plain_query(request.POST.get("query", ""))
    view_id = request.POST.get("view", "")
    view = None
    if view_id:
        view = _view(request, int(view_id) if view_id.isdecimal() and len(view_id) < 19 else 0, record)
    shared = request.POST.get("shared") == "1"
    name = request.POST.get("name", "") or (view.name if view is not None else "")
    try:
        kept = services.view_save(actor=actor, record=record, name=name, query=query, shared=shared, view=view)
    except InvalidError as error:
        toast(request, " ".join(str(message) for message in error.errors.values()), level="bad")
        return _back(kind, query)
    toast(request, gettext("The view “%(name)s” is kept.") % {"name": kept.name})
    return _back(kind, query, saved=kept.pk)


def _view(request: StaffRequest, view_id: int, record: str = "") -> SavedView:
    found = SavedView.objects.visible_to(request.actor).filter(pk=view_id).first()
    if found is None or (record and found.record != record):
        raise Http404
    return found


@require_POST
def view_remove(request: StaffRequest, view_id: int) -> HttpResponse:
    """Forget a view, with the way back."""
    view = _view(request, view_id)
    kind, name = _record(view.record), view.name
    done = services.view_delete(actor=request.actor, view=view)
    undo = reverse("changes:undo", args=[done])
    toast(request, gettext("The view “%(name)s” was removed.") % {"name": name}, undo_url=undo)
    return _back(kind, "view=all")


@require_POST
def arrange(request: StaffRequest, record: str) -> HttpResponse:
    """The saved views in the order in which they were sent, under the names that were typed."""
    actor, kind = request.actor, _record(record)
    actor.require(kind.view)
    known = {str(view.pk): view for view in SavedView.objects.visible_to(actor).filter(record=record)}
    chosen = [known[value] for value in request.POST.getlist("view") if value in known]
    for view in chosen:
        name = request.POST.get(f"name-{view.pk}", view.name)
        if name == view.name or not services.may_change_view(actor=actor, view=view):
            continue
        try:
            services.view_rename(actor=actor, view=view, name=name)
        except InvalidError as error:
            toast(request, " ".join(str(message) for message in error.errors.values()), level="bad")
    services.views_arrange(actor=actor, record=record, view_ids=[view.pk for view in chosen])
    opened = request.POST.get("opened", "")
    more = {"saved": opened} if opened in known else {}
    return _back(kind, plain_query(request.POST.get("query", "")), **more)


@require_POST
def columns(request: StaffRequest, record: str) -> HttpResponse:
    """The columns that were ticked, in their order, for this list from now on."""
    actor, kind = request.actor, _record(record)
    actor.require(kind.view)
    known = queries.fields_of(actor=actor, record=record)
    again = "reset" in request.POST
    chosen = [] if again else [name for name in request.POST.getlist("column") if name in known and known[name].column]
    services.columns_choose(actor=actor, record=record, columns=list(dict.fromkeys(chosen)))
    pairs = [pair for pair in parse_qsl(plain_query(request.POST.get("query", ""))) if pair[0] != "columns"]
    return _back(kind, urlencode(pairs))


@require_POST
def opening(request: StaffRequest, record: str) -> HttpResponse:
    """What the list opens with: as it is now, for oneself or for everyone."""
    actor, kind = request.actor, _record(record)
    actor.require(kind.view)
    query = plain_query(request.POST.get("query", "")) or "view=all"
    everyone = request.POST.get("everyone") == "1"
    services.opening_choose(actor=actor, record=record, query=query, everyone=everyone)
    text = (
        gettext("The list opens like this for everyone who has not chosen.")
        if everyone
        else gettext("The list opens like this from now on.")
    )
    toast(request, text)
    return _back(kind, query)
