"""The audit pages: who did what, one set with its rows, the way back, and whether the chain is whole."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from peyvand.foundation.changes import queries, sealing, services
from peyvand.foundation.changes.declarations import LongUndo
from peyvand.foundation.changes.models import ChangeSet
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.ui.formats import number, read_date
from peyvand.foundation.ui.lists import BadCursorError, paginate
from peyvand.foundation.ui.pieces import Empty
from peyvand.foundation.ui.reader import current_reader
from peyvand.foundation.ui.toasts import toast

PAGE = 50
CHECKED_BATCHES = 50


class ActorRequest(HttpRequest):
    """A request of somebody who is signed in; the middleware of accounts says who."""

    actor: Actor


def undo_text(result: services.UndoResult) -> str:
    """«۲۹۸ مورد برگشت؛ ۲۲ مورد را پس از شما کسی ویرایش کرده و همان ماند.»"""
    if not result.kept:
        return ngettext("%(undone)s item restored.", "%(undone)s items restored.", result.undone) % {
            "undone": number(result.undone)
        }
    values = {"undone": number(result.undone), "kept": number(result.kept)}
    return gettext("%(undone)s restored; %(kept)s were edited since and were kept.") % values


def _day(text: str, *, after: bool = False) -> datetime | None:
    if not text:
        return None
    try:
        day = read_date(text)
    except ValueError:
        return None
    return datetime.combine(day + timedelta(days=after), time(), tzinfo=ZoneInfo(current_reader().tz))


@require_safe
def audit(request: ActorRequest) -> HttpResponse:
    """The list of change sets, newest first, by person, kind and days."""
    request.actor.require("changes.view_audit")
    kind, who = request.GET.get("kind", ""), request.GET.get("who", "")
    found = queries.sets(
        actor=request.actor,
        kind=kind,
        actor_id=int(who) if who.isascii() and who.isdigit() and len(who) < 19 else None,
        since=_day(request.GET.get("since", "")),
        until=_day(request.GET.get("until", ""), after=True),
    )
    before = request.GET.get("before")
    try:
        page = paginate(
            found, order=("-id",), cursor=before or request.GET.get("after"), size=PAGE, backwards=before is not None
        )
    except BadCursorError:
        page = paginate(found, order=("-id",), size=PAGE)
    kept = {name: request.GET[name] for name in ("kind", "who", "since", "until") if request.GET.get(name)}
    return render(
        request,
        "changes/sets.html",
        {
            "page": page,
            "sets": [
                (one, queries.kind_of(one), title)
                for one, title in zip(page.rows, queries.titled(request.actor, page.rows), strict=True)
            ],
            "page_url": f"{reverse('changes:sets')}?{urlencode({**kept, '': ''}).removesuffix('=')}",
            "kinds": queries.kinds(),
            "people": queries.people(actor=request.actor),
            "chosen": kept,
            "chosen_who": kept.get("who", ""),
            "anchor": sealing.anchor(),
            "empty": Empty(
                icon="history",
                title=gettext("Nothing here yet"),
                text=gettext("Every edit, import, export and sign-in will stand here, with the way back."),
            ),
        },
    )


def _set_or_404(request: ActorRequest, change_set_id: int) -> ChangeSet:
    try:
        return queries.set_get(actor=request.actor, change_set_id=change_set_id)
    except ChangeSet.DoesNotExist as error:
        raise Http404 from error


@require_safe
def one_set(request: ActorRequest, change_set_id: int) -> HttpResponse:
    """One set: its rows before and after."""
    found = _set_or_404(request, change_set_id)
    before = request.GET.get("before")
    rows = queries.changes_of(found)
    try:
        page = paginate(
            rows, order=("id",), cursor=before or request.GET.get("after"), size=PAGE, backwards=before is not None
        )
    except BadCursorError:
        page = paginate(rows, order=("id",), size=PAGE)
    return render(
        request,
        "changes/set.html",
        {
            "set": found,
            "kind": queries.kind_of(found),
            "page": page,
            "title": queries.titled(request.actor, [found])[0],
            "rows": queries.changed_rows(request.actor, page.rows),
            "page_url": reverse("changes:set", args=[found.pk]) + "?",
            "can_undo": queries.can_undo(actor=request.actor, change_set=found),
            "undone_by": getattr(found, "undone_by", None),
            "kept": queries.kept_by(request.actor, found),
        },
    )


@require_POST
def undo(request: ActorRequest, change_set_id: int) -> HttpResponse:
    """Bring a set back, a large one as long work. The toast's button posts here and loads its page again, or goes to
    that work's; a form is sent back to the set.
    """
    found = _set_or_404(request, change_set_id)
    by_script = request.headers.get("X-Requested-With") == "fetch"
    back = HttpResponse(status=204) if by_script else redirect("changes:set", change_set_id)
    try:
        if queries.is_large(found.pk) and (longer := registry.all(LongUndo)):
            return redirect(longer[0].start(request.actor, found))
        result = services.undo(actor=request.actor, change_set_id=change_set_id)
    except services.AlreadyUndoneError:
        toast(request, gettext("This was taken back already."), level="info")
    except services.UndoFailedError:
        toast(request, gettext("This could not be taken back; nothing was changed."), level="bad")
    else:
        toast(request, undo_text(result), undo_url=reverse("changes:undo", args=[result.change_set_id]))
    return back


@require_POST
def check(request: ActorRequest) -> HttpResponse:
    """Check the newest part of the chain."""
    request.actor.require("changes.view_audit")
    verdict = sealing.verify(batches=CHECKED_BATCHES)
    if verdict.whole:
        text = gettext("The newest %(count)s changes are as they were sealed.") % {
            "count": number(verdict.sealed + verdict.unsealed)
        }
        toast(request, text)
    else:
        text = gettext("The trail has been altered: first at change %(id)s.") % {"id": verdict.bad_id}
        toast(request, text, level="bad")
    return redirect("changes:sets")


@require_safe
def anchor(request: ActorRequest) -> HttpResponse:
    """The head of the chain as a small file, to be kept elsewhere."""
    request.actor.require("changes.view_audit")
    head = sealing.anchor()
    if head is None:
        raise Http404
    response = JsonResponse({"seal_id": head.seal_id, "last_id": head.last_id, "head": head.head})
    response["Content-Disposition"] = f'attachment; filename="peyvand-seal-{head.seal_id}.json"'
    return response
