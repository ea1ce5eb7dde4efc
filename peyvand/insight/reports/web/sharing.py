"""Links to a report or dashboard, for whoever has them."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.text.digits import latin_digits
from peyvand.foundation.ui.formats import number
from peyvand.foundation.ui.reader import current_reader
from peyvand.foundation.ui.toasts import toast
from peyvand.insight.reports import access, queries, services
from peyvand.insight.reports.errors import RefusedError
from peyvand.insight.reports.models import Dashboard, Report, ShareLink
from peyvand.insight.reports.web.mailing import kept_of
from peyvand.insight.reports.web.views import LARGEST_ID


@never_cache
@require_safe
def links(request: StaffRequest) -> HttpResponse:
    """The links to it, how often each was opened, and a new one."""
    request.actor.require(access.SHARE)
    return _page(request, kept_of(request))


def _page(request: StaffRequest, kept: Report | Dashboard, address: str = "", error: str = "") -> HttpResponse:
    context = {
        "kept": kept, "is_report": isinstance(kept, Report), "address": address, "error": error,
        "typed": {
            "days": request.POST.get("days", "") if error else number(30),
            "sites": request.POST.get("sites", "") if error else "",
        },
        "links": list(queries.links(actor=request.actor, kept=kept)[:100]),
    }  # fmt: skip
    return render(request, "reports/links.html", context, status=422 if error else 200)


@never_cache
@require_POST
def new(request: StaffRequest) -> HttpResponse:
    """A new link; its address is shown once, on the page that answers."""
    request.actor.require(access.SHARE)
    kept = kept_of(request)
    days = latin_digits(request.POST.get("days", ""))
    try:
        _link, secret = services.link_make(
            actor=request.actor, kept=kept, days=int(days) if days.isdecimal() else 0,
            sites=request.POST.get("sites", "").splitlines(), language=current_reader().language,
        )  # fmt: skip
    except RefusedError as error:
        return _page(request, kept, error=str(error))
    return _page(request, kept, address=f"{settings.SITE_URL}/r/{secret}/")


@require_POST
def close(request: StaffRequest, share_id: int) -> HttpResponse:
    """The link opens nothing any more."""
    request.actor.require(access.SHARE)
    found = ShareLink.objects.filter(pk=min(share_id, LARGEST_ID), demo=request.actor.demo).first()
    if found is None:
        raise Http404
    services.link_revoke(actor=request.actor, link=found)
    toast(request, gettext("The link is closed."))
    return redirect("reports:home")
