"""What changes an audience: each verb a form of its own, with the way back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.formats import number
from peyvand.foundation.ui.toasts import toast
from peyvand.insight.audiences import access, queries, services
from peyvand.insight.audiences.errors import AudienceRefusedError, ChangedMeanwhileError, ConditionRefusedError
from peyvand.insight.audiences.models import Audience, AudienceKind
from peyvand.insight.audiences.services import AudienceData
from peyvand.insight.audiences.web import drawing
from peyvand.insight.audiences.web.builder import audience_or_404, posted, require_view, saved_words, urls_of
from peyvand.insight.audiences.web.showing import tabs


def editable_or_404(request: StaffRequest, audience_id: int) -> Audience:
    """The audience that the actor may change; 403 without the right at all, else the same 404."""
    request.actor.require(access.EDIT)
    found = audience_or_404(request, audience_id)
    if not queries.may_edit(actor=request.actor, audience=found):
        raise Http404
    return found


def _typed(request: StaffRequest) -> tuple[str, str, dict[str, Any]] | None:
    """Name, note and tree of the form."""
    tree = posted(request, "tree")
    if tree is None or not drawing.way_of(tree):
        return None
    name = request.POST.get("name", "").replace("\x00", "").strip()
    return name, request.POST.get("note", "").replace("\x00", "").strip(), drawing.without_empty(tree)[0]


def _refused(error: AudienceRefusedError | ConditionRefusedError) -> JsonResponse:
    if isinstance(error, ConditionRefusedError):
        return JsonResponse({"words": error.words, "place": list(error.place)}, status=422)
    return JsonResponse({"words": " ".join(str(one) for one in error.errors.values())}, status=422)


@require_POST
def create(request: StaffRequest) -> HttpResponse:
    """Keep a new audience for the first time; where nobody has named it, it is a new one by number."""
    require_view(request.actor)
    request.actor.require(access.EDIT)
    given = _typed(request)
    if given is None:
        return HttpResponseBadRequest()
    name, note, tree = given
    try:
        data = AudienceData(name=name or _new_name(request.actor), note=note, tree=tree)
        made = services.audience_create(actor=request.actor, data=data)
    except (AudienceRefusedError, ConditionRefusedError) as error:
        return _refused(error)
    return JsonResponse({
        "id": str(made.pk), "version": made.version, "name": made.name, "saved": saved_words(timezone.now()),
        "url": reverse("audiences:one", args=[made.pk]), "urls": urls_of(made),
        "tabs": render_to_string(
            "ui/parts/tabs.html", {"tabs": tabs(made, "one"), "label": gettext("Audience")}, request
        ),
    })  # fmt: skip


def _new_name(actor: Actor) -> str:
    """A name that none of the audiences has that the actor sees: "New audience", "New audience 2"."""
    plain = gettext("New audience")
    taken = set(queries.audiences(actor=actor).filter(name__startswith=plain).values_list("name", flat=True))
    numbered = (f"{plain} {number(n)}" for n in range(2, len(taken) + 3))
    return next(name for name in (plain, *numbered) if name not in taken)


def _data(audience: Audience) -> AudienceData:
    return AudienceData(
        name=audience.name, note=audience.note, tree=audience.tree, owner_id=audience.owner_id,
        team_id=audience.team_id, shared=audience.shared,
    )  # fmt: skip


@require_POST
def save(request: StaffRequest, audience_id: int) -> HttpResponse:
    """Keep what was changed; 409 where somebody else has changed it meanwhile."""
    audience = editable_or_404(request, audience_id)
    given = _typed(request)
    version = request.POST.get("version", "")
    if given is None or not version.isdecimal() or len(version) > 9:
        return HttpResponseBadRequest()
    name, note, tree = given
    try:
        data = replace(_data(audience), name=name or audience.name, note=note, tree=tree)
        kept = services.audience_change(actor=request.actor, audience=audience, data=data, version=int(version))
    except ChangedMeanwhileError:
        words = gettext("Somebody else has changed this audience just now. Load it anew to see it.")
        return JsonResponse({"words": words}, status=409)
    except (AudienceRefusedError, ConditionRefusedError) as error:
        return _refused(error)
    return JsonResponse({"version": kept.version, "name": kept.name, "saved": saved_words(timezone.now())})


@require_POST
def freeze(request: StaffRequest, audience_id: int) -> HttpResponse:
    """Members stay who they are now."""
    audience = editable_or_404(request, audience_id)
    if audience.kind == AudienceKind.LIVE:
        services.audience_freeze(actor=request.actor, audience=audience)
        undo = reverse("audiences:thaw", args=[audience.pk])
        toast(
            request,
            gettext("“%(name)s” is frozen: its members stay who they are.") % {"name": audience.name},
            undo_url=undo,
        )
    return redirect("audiences:one", audience.pk)


@require_POST
def thaw(request: StaffRequest, audience_id: int) -> HttpResponse:
    """A frozen audience follows its conditions again."""
    audience = editable_or_404(request, audience_id)
    if audience.kind == AudienceKind.FROZEN:
        services.audience_thaw(actor=request.actor, audience=audience)
        toast(request, gettext("“%(name)s” is live: members come and go by its conditions.") % {"name": audience.name})
    return redirect("audiences:one", audience.pk)


@require_POST
def archive(request: StaffRequest, audience_id: int) -> HttpResponse:
    """Put it away, or take it up again."""
    audience = editable_or_404(request, audience_id)
    archived = request.POST.get("archived", "1") == "1"
    done = services.audience_archive(actor=request.actor, audience=audience, archived=archived)
    words = gettext("“%(name)s” is put away.") if archived else gettext("“%(name)s” is in use again.")
    toast(request, words % {"name": audience.name}, undo_url=reverse("changes:undo", args=[done]))
    return redirect("audiences:list")


@require_POST
def duplicate(request: StaffRequest, audience_id: int) -> HttpResponse:
    """The same conditions as an audience of one's own."""
    require_view(request.actor)
    request.actor.require(access.EDIT)
    audience = audience_or_404(request, audience_id)
    name = gettext("%(name)s, copy") % {"name": audience.name}
    try:
        data = AudienceData(name=name[:120], note=audience.note, tree=audience.tree)
        made = services.audience_create(actor=request.actor, data=data)
    except (AudienceRefusedError, ConditionRefusedError) as error:
        words = error.words if isinstance(error, ConditionRefusedError) else str(error)
        toast(request, words, level="bad")
        return redirect("audiences:list")
    return redirect("audiences:one", made.pk)


@require_POST
def share(request: StaffRequest, audience_id: int) -> HttpResponse:
    """For everyone who sees audiences, or for oneself and one's team."""
    audience = editable_or_404(request, audience_id)
    shared = request.POST.get("shared") == "1"
    try:
        services.audience_change(actor=request.actor, audience=audience, data=replace(_data(audience), shared=shared))
        words = gettext("Everyone who sees audiences sees it now.") if shared else gettext("It is yours again.")
        toast(request, words)
    except (AudienceRefusedError, ConditionRefusedError) as error:
        toast(request, error.words if isinstance(error, ConditionRefusedError) else str(error), level="bad")
    return redirect("audiences:one", audience.pk)


@require_POST
def snapshot(request: StaffRequest, audience_id: int) -> HttpResponse:
    """Keep who is in it now."""
    audience = editable_or_404(request, audience_id)
    label = request.POST.get("label", "").replace("\x00", "").strip()[:120]
    services.snapshot_take(actor=request.actor, audience=audience, label=label)
    toast(request, gettext("The picture is taken; you can compare with it later."))
    return redirect("audiences:time", audience.pk)
