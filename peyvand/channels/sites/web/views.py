"""Sites: set up, and the line that their pages need."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peyvand.channels.sites import access, queries, services
from peyvand.channels.sites.errors import ChangedMeanwhileError, InvalidError
from peyvand.channels.sites.models import Site
from peyvand.channels.sites.queries import Shown
from peyvand.channels.sites.web.forms import SiteForm, initial_of
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.pieces import Empty
from peyvand.foundation.ui.toasts import toast


@require_safe
def sites(request: StaffRequest) -> HttpResponse:
    """The sites."""
    request.actor.require(access.MANAGE)
    context = {
        "rows": queries.sites(actor=request.actor),
        "empty": Empty(
            title=gettext("No web site yet"), icon="world-www",
            text=gettext("One line in your pages, and visits, chat and forms come to their customers."),
            action=gettext("New site"), url=reverse("sites:new"),
            sample=gettext("For example: the shop at shop.example."),
        ),
    }  # fmt: skip
    return render(request, "sites/sites.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """Set up a site."""
    request.actor.require(access.MANAGE)
    return _form(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: StaffRequest, site_id: int) -> HttpResponse:
    """Change a site; the line for its pages."""
    return _form(request, _shown(request.actor, site_id))


def _shown(actor: Actor, site_id: int) -> Shown:
    actor.require(access.MANAGE)
    try:
        return queries.site_get(actor=actor, id=site_id)
    except Site.DoesNotExist:
        raise Http404 from None


def _form(request: StaffRequest, shown: Shown | None, told: str = "") -> HttpResponse:
    actor, row = request.actor, shown.row if shown else None
    initial = initial_of(row) if row else {"active": True, "greets": True, "language": "fa", "consent": "full"}
    form = SiteForm(request.POST if request.method == "POST" and not told else None, initial=initial)
    meanwhile, version = False, row.version if row else 0
    if request.method == "POST" and row is not None:
        typed = request.POST.get("version", "")
        version = int(typed) if typed.isdecimal() and len(typed) < 10 else -1
    if request.method == "POST" and not told and form.is_valid():
        try:
            made = services.site_save(actor=actor, data=form.data_of(), site=row, version=version if row else None)
        except InvalidError as error:
            form.put(error)
        except ChangedMeanwhileError as error:
            version, meanwhile = error.version, True
        else:
            toast(request, gettext("“%(name)s” is saved.") % {"name": made.name})
            return redirect("sites:one", made.pk)
    status = 409 if meanwhile else 422 if form.errors else 200
    context = {"form": form, "shown": shown, "version": version, "meanwhile": meanwhile, "told": told}
    response = render(request, "sites/site.html", context, status=status)
    if told:
        response["Cache-Control"] = "private, no-store"
    return response


@require_POST
def secret(request: StaffRequest, site_id: int) -> HttpResponse:
    """A new secret for the shop's server, shown this once."""
    shown = _shown(request.actor, site_id)
    told = services.secret_renew(actor=request.actor, site=shown.row)
    return _form(request, _shown(request.actor, site_id), told)
