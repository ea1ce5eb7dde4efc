"""What visitors do: the overview of a site, a visitor, and the page that tries the script."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from peyvand.channels.sites import access as sites_access
from peyvand.channels.sites.models import Site, Visitor
from peyvand.channels.web import access, identifying, queries, showing
from peyvand.channels.web.queries import PERIODS
from peyvand.channels.web.web import figures
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.pieces import Empty
from peyvand.foundation.ui.toasts import toast
from peyvand.memory.customers.access import EDIT
from peyvand.memory.customers.models import Customer


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


@require_safe
def overview(request: StaffRequest) -> HttpResponse:
    """A site's visits."""
    actor = request.actor
    sites = queries.sites(actor=actor)
    wanted, days = _number(request.GET.get("site", "")), _number(request.GET.get("days", ""))
    site = next((one for one in sites if one.pk == wanted), sites[0] if sites else None)
    period = days if days in PERIODS else PERIODS[1]
    may_set = actor.may(sites_access.MANAGE)
    context: dict[str, Any] = {"site": site, "sites": sites, "period": period, "periods": PERIODS}
    if site is None:
        context["empty"] = Empty(
            title=gettext("No web site yet"), icon="world",
            text=gettext("One line in the pages of your site, and what visitors look at comes here."),
            action=gettext("New site") if may_set else "", url=reverse("sites:new") if may_set else "",
            sample=gettext("For example: the shop at shop.example."),
        )  # fmt: skip
        return render(request, "web/overview.html", context)
    found = queries.overview(actor=actor, site=site, days=period)
    context |= {
        "found": found, "stats": figures.stats(found), "chart": figures.days(found),
        "pages": [(title, showing.path_of(url) or url, count) for url, title, count in found.pages],
        "sources": [(showing.source_words(source, medium), count) for source, medium, count in found.sources],
        "refused": [(showing.REFUSED[why], found.refused[why]) for why in showing.REFUSED if found.refused.get(why)],
        "visits": [showing.shown(one) for one in queries.latest_visits(actor=actor, site=site)],
    }  # fmt: skip
    return render(request, "web/overview.html", context)


def _site(actor: Actor, site_id: int) -> Site:
    found = next((one for one in queries.sites(actor=actor) if one.pk == site_id), None)
    if found is None:
        raise Http404
    return found


@require_safe
def try_script(request: StaffRequest, site_id: int) -> HttpResponse:
    """Whether the script works: the last events, as they come."""
    site = _site(request.actor, site_id)
    return render(request, "web/test.html", {"site": site, **_came(request.actor, site)})


@never_cache
@require_safe
def events(request: StaffRequest, site_id: int) -> HttpResponse:
    """The last events again."""
    site = _site(request.actor, site_id)
    return render(request, "web/events.html", {"site": site, **_came(request.actor, site)})


def _came(actor: Actor, site: Site) -> dict[str, Any]:
    rows = queries.events_latest(actor=actor, site=site)
    return {
        "events": [
            {
                "one": one, "kind": showing.kind_of(one.kind)[0], "icon": showing.kind_of(one.kind)[1],
                "path": showing.path_of(one.url),
            }
            for one in rows
        ]
    }  # fmt: skip


def _visitor(actor: Actor, visitor_id: int) -> Visitor:
    try:
        return queries.visitor_get(actor=actor, visitor_id=visitor_id)
    except Visitor.DoesNotExist:
        raise Http404 from None


@require_safe
def visitor(request: StaffRequest, visitor_id: int) -> HttpResponse:
    """A browser: whose it is and by what that is known, and its visits page by page."""
    return _shown(request, _visitor(request.actor, visitor_id))


def _shown(request: StaffRequest, found: Visitor, *, error: str = "", status: int = 200) -> HttpResponse:
    actor = request.actor
    may_edit = actor.may(EDIT)
    if may_edit and found.customer_id is not None:
        may_edit = Customer.objects.visible_to(actor, EDIT).filter(pk=found.customer_id).exists()
    context = {
        "visitor": found, "name": showing.name_of(found), "proof": showing.proof_of(found), "error": error,
        "visits": [showing.shown(one) for one in queries.visits_of([found.pk])], "may_edit": may_edit,
        "claims": [
            (label, found.claims[name])
            for name, label in (("name", gettext("Name")), ("email", gettext("E-mail")), ("phone", gettext("Phone")))
            if isinstance(found.claims.get(name), str)
        ],
    }  # fmt: skip
    return render(request, "web/visitor.html", context, status=status)


@require_POST
def known(request: StaffRequest, visitor_id: int) -> HttpResponse:
    """A colleague knows who this is."""
    actor = request.actor
    actor.require(access.VIEW)
    actor.require(EDIT)
    found = _visitor(actor, visitor_id)
    chosen = _number(request.POST.get("customer", ""))
    try:
        identifying.said_by_staff(actor=actor, visitor_id=found.pk, customer_id=chosen)
    except Customer.DoesNotExist:
        return _shown(request, found, error=gettext("Choose a customer."), status=422)
    except identifying.InvalidError as error:
        return _shown(request, found, error=str(next(iter(error.errors.values()))), status=422)
    toast(request, gettext("The visits of this browser come to the customer."))
    return redirect("web:visitor", found.pk)


@require_POST
def unknown(request: StaffRequest, visitor_id: int) -> HttpResponse:
    """It was not them, with the way back."""
    actor = request.actor
    actor.require(access.VIEW)
    actor.require(EDIT)
    found = _visitor(actor, visitor_id)
    try:
        done = identifying.taken_back(actor=actor, visitor_id=found.pk)
    except Visitor.DoesNotExist:
        raise Http404 from None
    toast(request, gettext("This browser is nobody's again."), undo_url=reverse("changes:undo", args=[done]))
    return redirect("web:visitor", found.pk)
