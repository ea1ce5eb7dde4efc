"""Notices: what visitors may choose, the file for the shop, whether all of it works."""

from __future__ import annotations

from urllib.parse import quote

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peyvand.channels.push import access, queries, services
from peyvand.channels.push.errors import ChangedMeanwhileError, InvalidError
from peyvand.channels.push.services.setting import WORKER
from peyvand.channels.push.web.forms import SenderForm, initial_of
from peyvand.channels.sites.models import Site
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.toasts import toast


@require_http_methods(["GET", "HEAD", "POST"])
def setting(request: StaffRequest) -> HttpResponse:
    """How notices are sent, and each site's own."""
    actor = request.actor
    row = queries.sender_get(actor=actor)
    form = SenderForm(
        request.POST if request.method == "POST" else None, initial=initial_of(row),
        topics=queries.topics_offered(actor=actor),
    )  # fmt: skip
    meanwhile, version = False, row.version
    if request.method == "POST":
        typed = request.POST.get("version", "")
        version = int(typed) if typed.isdecimal() and len(typed) < 10 else -1
    if request.method == "POST" and form.is_valid():
        try:
            services.sender_save(actor=actor, data=form.data_of(), version=version)
        except InvalidError as error:
            form.put(error)
        except ChangedMeanwhileError as error:
            version, meanwhile = error.version, True
        else:
            toast(request, gettext("Saved."))
            return redirect("push:setting")
    context = {
        "form": form, "row": row, "version": version, "meanwhile": meanwhile, "worker": WORKER,
        "sites": queries.sites(actor=actor) if row.enabled else [], "sites_url": reverse("sites:sites"),
    }  # fmt: skip
    return render(request, "push/setting.html", context, status=409 if meanwhile else 422 if form.errors else 200)


def _site(actor: Actor, site_id: int) -> Site:
    actor.require(access.MANAGE)
    try:
        return queries.site_get(actor=actor, id=site_id)
    except Site.DoesNotExist:
        raise Http404 from None


@require_safe
def worker(request: StaffRequest, site_id: int) -> HttpResponse:
    """The file for the shop."""
    site = _site(request.actor, site_id)
    response = HttpResponse(services.worker_text(site), content_type="text/javascript; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{WORKER}"'
    return response


@require_POST
def check(request: StaffRequest, site_id: int) -> HttpResponse:
    """Whether the shop has the file."""
    good, text = services.worker_check(actor=request.actor, site=_site(request.actor, site_id))
    toast(request, text, level="good" if good else "bad")
    return redirect("push:setting")


@require_POST
def test(request: StaffRequest, site_id: int) -> HttpResponse:
    """Open the shop in a way that ends with a test notice in this very browser."""
    site = _site(request.actor, site_id)
    host = next((one for one in site.hosts if not one.startswith("*.")), "")
    if not host:
        toast(request, gettext("This site names no whole host; add one on its page."), level="bad")
        return redirect("push:setting")
    code = services.test_code(actor=request.actor, site=site)
    url = f"https://{host}/#peyvand-push={quote(code, safe='')}"
    return render(request, "push/test.html", {"site": site, "url": url})
