"""The page of events that did not arrive."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from peyvand.foundation.outbox import services
from peyvand.foundation.outbox.access import RETRY, visible_failures
from peyvand.foundation.outbox.models import Failure
from peyvand.foundation.registry.requests import ActorRequest
from peyvand.foundation.ui.lists import BadCursorError, paginate
from peyvand.foundation.ui.pieces import Empty
from peyvand.foundation.ui.toasts import toast

STATES = (Failure.State.DEAD, Failure.State.RETRYING, Failure.State.DISCARDED)


@require_safe
def failures(request: ActorRequest) -> HttpResponse:
    """Dead letters first; those still being tried and those given up under their own tabs."""
    state = request.GET.get("state", "")
    chosen = Failure.State(state) if state in STATES else Failure.State.DEAD
    rows = visible_failures(actor=request.actor).filter(state=chosen)
    before = request.GET.get("before")
    try:
        page = paginate(rows, order=("-id",), cursor=before or request.GET.get("after"), backwards=bool(before))
    except BadCursorError:
        page = paginate(rows, order=("-id",))
    context = {
        "page": page,
        "page_url": f"?state={chosen}&",
        "state": chosen,
        "may_retry": request.actor.may(RETRY) and chosen == Failure.State.DEAD,
        "bulk": False,
        "empty": Empty(
            title=_("Nothing is stuck"),
            text=_("Events that a part of Peyvand could not take five times in a row wait here for you."),
            icon="circle-check",
        ),
    }
    return render(request, "outbox/failures.html", context)


@require_POST
def retry(request: ActorRequest, pk: int) -> HttpResponse:
    """Give the event to its handler once more."""
    try:
        services.failure_retry(actor=request.actor, failure_id=pk)
    except Failure.DoesNotExist:
        raise Http404 from None
    toast(request, _("It will be tried again now."))
    return redirect("outbox:failures")


@require_POST
def discard(request: ActorRequest, pk: int) -> HttpResponse:
    """Give the event up, with a reason."""
    try:
        services.failure_discard(actor=request.actor, failure_id=pk, reason=_reason(request))
    except Failure.DoesNotExist:
        raise Http404 from None
    except ValueError:
        toast(request, _("Say why it is given up."), level="bad")
    else:
        toast(request, _("The event was given up."))
    return redirect("outbox:failures")


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "")
