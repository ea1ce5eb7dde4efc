"""Settings: what the house asks for, and in which words."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.registry.actor import Actor, NotAllowed
from peyvand.foundation.ui.toasts import toast
from peyvand.memory.consents import access, queries, services
from peyvand.memory.consents.errors import InvalidError
from peyvand.memory.consents.models import Purpose
from peyvand.memory.consents.services import PurposeData
from peyvand.memory.consents.web.forms import PurposeForm, WordingForm, put_errors


def _may_read(actor: Actor) -> None:
    if not actor.may(access.VIEW) and not actor.may(access.MANAGE):
        raise NotAllowed(access.VIEW)


def _purpose(actor: Actor, key: str) -> Purpose:
    try:
        return queries.purpose_get(actor=actor, key=key)
    except Purpose.DoesNotExist:
        raise Http404 from None


@require_safe
def purposes(request: StaffRequest) -> HttpResponse:
    """The purposes with their latest wordings; archived ones at the end."""
    actor = request.actor
    _may_read(actor)
    latest = queries.wordings_now(actor=actor)
    found = queries.purposes(actor=actor, archived=True)
    rows: list[dict[str, Any]] = [
        {"purpose": one, "wordings": [latest[key] for key in ((one.pk, "fa"), (one.pk, "en")) if key in latest]}
        for one in found
    ]
    context = {
        "rows": [row for row in rows if not row["purpose"].archived],
        "archived": [row for row in rows if row["purpose"].archived],
        "may_manage": actor.may(access.MANAGE),
    }
    return render(request, "consents/purposes.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def purpose_form(request: StaffRequest, purpose: str = "") -> HttpResponse:
    """Add a purpose, or change one and read all of its wordings."""
    actor = request.actor
    if purpose and request.method != "POST":
        _may_read(actor)
    else:
        actor.require(access.MANAGE)
    kept = _purpose(actor, purpose) if purpose else None
    names = ("name_fa", "name_en", "kind", "opt_out", "description", "key")
    form = PurposeForm(request.POST or None, initial={name: getattr(kept, name) for name in names} if kept else None)
    if kept is not None:
        del form.fields["key"]
    if request.method == "POST" and form.is_valid():
        try:
            made = services.purpose_save(actor=actor, data=PurposeData(**form.cleaned_data), purpose=kept)
        except InvalidError as error:
            put_errors(form, error)
        else:
            toast(request, gettext("The purpose “%(name)s” was saved.") % {"name": made.name})
            return redirect("consents:purpose", made.key)
    return _page(request, kept, form, WordingForm())


def _page(request: StaffRequest, kept: Purpose | None, form: PurposeForm, wording_form: WordingForm) -> HttpResponse:
    context = {
        "purpose": kept,
        "form": form,
        "wording_form": wording_form,
        "wordings": list(queries.wordings(actor=request.actor, purpose=kept)) if kept else [],
        "may_manage": request.actor.may(access.MANAGE),
    }
    return render(request, "consents/purpose.html", context, status=422 if form.errors or wording_form.errors else 200)


@require_POST
def wording(request: StaffRequest, purpose: str) -> HttpResponse:
    """Word it anew: a new version."""
    actor = request.actor
    actor.require(access.MANAGE)
    kept = _purpose(actor, purpose)
    wording_form = WordingForm(request.POST)
    if wording_form.is_valid():
        try:
            made = services.wording_save(actor=actor, purpose=kept, **wording_form.cleaned_data)
        except InvalidError as error:
            put_errors(wording_form, error)
        else:
            toast(request, gettext("Version %(n)s is what customers read from now on.") % {"n": made.version})
            return redirect("consents:purpose", kept.key)
    names = ("name_fa", "name_en", "kind", "opt_out", "description")
    form = PurposeForm(initial={name: getattr(kept, name) for name in names})
    del form.fields["key"]
    return _page(request, kept, form, wording_form)


@require_POST
def archive(request: StaffRequest, purpose: str) -> HttpResponse:
    """Ask for it no more, or again."""
    actor = request.actor
    actor.require(access.MANAGE)
    kept = _purpose(actor, purpose)
    archived = request.POST.get("archived") == "1"
    done = services.purpose_archive(actor=actor, purpose=kept, archived=archived)
    text = gettext("“%(name)s” is asked for no more.") if archived else gettext("“%(name)s” is asked for again.")
    toast(request, text % {"name": kept.name}, undo_url=reverse("changes:undo", args=[done]))
    return redirect("consents:purposes")


@require_POST
def move(request: StaffRequest, purpose: str) -> HttpResponse:
    """One place up or down."""
    actor = request.actor
    actor.require(access.MANAGE)
    services.purpose_move(actor=actor, purpose=_purpose(actor, purpose), up=request.POST.get("up") == "1")
    return redirect("consents:purposes")
