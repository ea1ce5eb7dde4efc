"""Settings: the stages of customers' lives, in their order."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.fields import access as fields_access
from peyvand.foundation.ui.toasts import toast
from peyvand.memory.customers import services
from peyvand.memory.customers.errors import InvalidError
from peyvand.memory.customers.models import Stage
from peyvand.memory.customers.services import StageData
from peyvand.memory.customers.stages import stages, stages_ensure


def _stage(request: StaffRequest, stage_id: int) -> Stage:
    request.actor.require(fields_access.MANAGE)
    found = Stage.objects.visible_to(request.actor).filter(pk=stage_id).first()
    if found is None:
        raise Http404
    return found


def _save(request: StaffRequest, one: Stage | None) -> HttpResponse:
    data = StageData(name_fa=request.POST.get("name_fa", ""), name_en=request.POST.get("name_en", ""))
    try:
        kept = services.stage_save(actor=request.actor, data=data, stage=one)
    except InvalidError as error:
        toast(request, " ".join(str(message) for message in error.errors.values()), level="bad")
    else:
        toast(request, gettext("The stage “%(name)s” was saved.") % {"name": kept.name})
    return redirect("customers:stages")


@require_http_methods(["GET", "HEAD", "POST"])
def all_stages(request: StaffRequest) -> HttpResponse:
    """The stages, and a new one."""
    actor = request.actor
    actor.require(fields_access.MANAGE)
    if request.method == "POST":
        return _save(request, None)
    stages_ensure(demo=actor.demo)
    rows = stages(actor=actor)
    context = {
        "stages": [one for one in rows if not one.archived],
        "archived": [one for one in rows if one.archived],
        "customers_url": reverse("customers:list"),
    }
    return render(request, "customers/stages.html", context)


@require_POST
def stage(request: StaffRequest, stage_id: int) -> HttpResponse:
    """Rename a stage."""
    return _save(request, _stage(request, stage_id))


@require_POST
def stage_move(request: StaffRequest, stage_id: int) -> HttpResponse:
    """One place earlier or later."""
    one = _stage(request, stage_id)
    services.stage_move(actor=request.actor, stage=one, up=request.POST.get("up") == "1")
    return redirect("customers:stages")


@require_POST
def stage_archive(request: StaffRequest, stage_id: int) -> HttpResponse:
    """Set it no more, or again."""
    one = _stage(request, stage_id)
    archived = request.POST.get("archived") == "1"
    done = services.stage_archive(actor=request.actor, stage=one, archived=archived)
    text = gettext("“%(name)s” is archived; who stands in it stays.") if archived else gettext("“%(name)s” is back.")
    toast(request, text % {"name": one.name}, undo_url=reverse("changes:undo", args=[done]))
    return redirect("customers:stages")
