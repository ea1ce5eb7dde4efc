"""Templates of columns: listed, chosen for a file, renamed, shared, removed."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import ImportShape
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.transfer import queries, remembering, services
from peyvand.foundation.transfer.errors import MappingError, StateError
from peyvand.foundation.transfer.models import Import, MappingTemplate
from peyvand.foundation.ui.pieces import Empty
from peyvand.foundation.ui.toasts import toast


def _actor(request: StaffRequest) -> Actor:
    actor = request.actor.looking_at(demo=False)
    actor.require("transfer.import")
    return actor


@require_safe
def templates(request: StaffRequest) -> HttpResponse:
    """One's own templates and those that are shared, with what may be done to each."""
    actor = _actor(request)
    found = [
        (one, registry.get(ImportShape, one.shape).label, remembering.may_change(actor, one))
        for one in remembering.templates(actor=actor)
        if registry.has(ImportShape, one.shape)
    ]
    empty = Empty(
        title=gettext("No template of columns yet"),
        text=gettext("On the page of a file's columns, give their mapping a name; it can be chosen for the next file."),
        icon="table-options",
    )
    return render(request, "transfer/templates.html", {"templates": found, "empty": empty})


def _one(actor: Actor, template_id: int) -> MappingTemplate:
    try:
        return remembering.template_get(actor=actor, template_id=template_id)
    except MappingTemplate.DoesNotExist:
        raise Http404 from None


@require_POST
def change(request: StaffRequest, template_id: int) -> HttpResponse:
    """Another name; shared or no longer."""
    actor = _actor(request)
    template = _one(actor, template_id)
    name = request.POST.get("name")
    shared = request.POST["shared"] == "1" if "shared" in request.POST else None
    try:
        remembering.template_change(actor=actor, template_id=template.pk, name=name, shared=shared)
    except MappingError as refused:
        toast(request, str(refused), level="bad")
    return redirect("transfer:templates")


@require_POST
def delete(request: StaffRequest, template_id: int) -> HttpResponse:
    """Forget one, with the way back."""
    actor = _actor(request)
    template = _one(actor, template_id)
    made = remembering.template_delete(actor=actor, template_id=template.pk)
    toast(request, gettext("The template was removed."), undo_url=reverse("changes:undo", args=[made]))
    return redirect("transfer:templates")


@require_POST
def use(request: StaffRequest, import_id: int) -> HttpResponse:
    """Map a file as a template says."""
    actor = _actor(request)
    chosen = request.POST.get("template", "")
    try:
        queries.import_get(actor=actor, import_id=import_id)
        if chosen.isdecimal() and len(chosen) < 19:
            services.import_template(actor=actor, import_id=import_id, template_id=int(chosen))
    except (Import.DoesNotExist, MappingTemplate.DoesNotExist):
        raise Http404 from None
    except (MappingError, StateError) as refused:
        toast(request, str(refused), level="bad")
    return redirect("transfer:columns", import_id)
