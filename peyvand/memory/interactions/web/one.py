"""One interaction: everything recorded, where it comes from, its corrections and files, and whose history it is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.changes.queries import Difference
from peyvand.foundation.files.services import FileRefusedError
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.ui.formats import number
from peyvand.foundation.ui.toasts import toast
from peyvand.memory.customers import queries as customer_queries
from peyvand.memory.customers.models import Customer, IdentityKind
from peyvand.memory.interactions import access, panels, queries, services, showing
from peyvand.memory.interactions.declarations import InteractionKind
from peyvand.memory.interactions.models import Interaction, InteractionFile, Joining, Visibility
from peyvand.memory.interactions.services import (
    CALL,
    MEETING,
    OWN_KINDS,
    ChangedMeanwhileError,
    InvalidError,
    Recognised,
)
from peyvand.memory.interactions.services.attaching import SHOWN
from peyvand.memory.interactions.web import forms


def _one(actor: Actor, interaction_id: int) -> Interaction:
    try:
        return queries.interaction_get(actor=actor, id=interaction_id)
    except Interaction.DoesNotExist:
        raise Http404 from None


def _may_edit(actor: Actor, found: Interaction) -> bool:
    return actor.may(access.EDIT) and Interaction.objects.visible_to(actor, access.EDIT).filter(pk=found.pk).exists()


@require_safe
def one(request: StaffRequest, interaction_id: int) -> HttpResponse:
    """The page of an interaction."""
    found = _one(request.actor, interaction_id)
    return _page(request, found)


def _page(request: StaffRequest, found: Interaction, **more: Any) -> HttpResponse:
    actor = request.actor
    kind = registry.get(InteractionKind, found.kind) if registry.has(InteractionKind, found.kind) else None
    (item,) = showing.items([found], with_customer=True)
    may_edit = _may_edit(actor, found)
    known = IdentityKind(found.identity_kind).label if found.identity_kind in IdentityKind.values else ""
    history = queries.provenance(actor=actor, interaction=found)
    hidden = customer_queries.hidden_kinds(actor)
    context = {
        "one": found,
        "kind": kind,
        "item": item,
        "facts": gettext(", ").join(showing.measures(found)),
        "text": found.payload.get("text", "") if found.kind in OWN_KINDS else "",
        "place": found.payload.get("place", "") if found.kind == MEETING else "",
        "channel": showing.channel_word(found.channel),
        "lock": Visibility(found.visibility).label if found.visibility != Visibility.ALL else "",
        "visibilities": Visibility.choices,
        "files": [(row, row.file.content_type in SHOWN) for row in queries.files_of([found]).get(found.pk, ())],
        "may_edit": may_edit,
        "own": found.kind in OWN_KINDS,
        "is_call": found.kind == CALL,
        "is_meeting": found.kind == MEETING,
        "known_by": known,
        "known_key": found.identity_key if found.identity_kind not in hidden else "",
        "dedupe_key": "" if hidden else found.dedupe_key,  # in which an address may stand
        "history": [
            (row, made, told)
            for row, made in history
            if row.op == "U" and ((told := _differences(row.differences)) or row.erased)
        ],
        "made": next(((row, made) for row, made in reversed(history) if row.op == "I"), None),
        "source_url": kind.url(found.payload, found.source_id) if kind and kind.url else "",
        "typed": forms.typed(found, unit=panels.cost_unit()),
        "unit": panels.cost_unit(),
        **more,
    }
    return render(request, "interactions/one.html", context, status=more.get("status", 200))


_COLUMNS: dict[str, Label] = {
    "at": _("When"),
    "customer_id": _("Customer"),
    "direction": _("Direction"),
    "duration_s": _("Seconds"),
    "cost_minor": _("Cost"),
    "sentiment": _("Mood"),
    "visibility": _("Who sees this"),
    "text": _("Text"),
    "place": _("Where"),
}


def _differences(found: Sequence[Difference]) -> list[tuple[Label, str, str]]:
    """What a change changed, as people call it: a payload by its parts, technical columns left out."""
    told: list[tuple[Label, str, str]] = []
    for one in found:
        if one.column == "payload":
            before, after = _parts(one.before), _parts(one.after)
            names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
            told += [(_COLUMNS.get(name, name), before.get(name, ""), after.get(name, "")) for name in names]
        elif one.column in _COLUMNS:
            told.append((_COLUMNS[one.column], one.before or "", one.after or ""))
    return told


def _parts(text: str | None) -> dict[str, str]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {"text": text or ""}
    return {name: str(value) for name, value in found.items()} if isinstance(found, dict) else {}


@require_POST
def correct(request: StaffRequest, interaction_id: int) -> HttpResponse:
    """Correct a note, call or meeting. Who saves after somebody else is shown both and keeps what they typed."""
    actor = request.actor
    actor.require(access.EDIT)
    found = _one(actor, interaction_id)
    version = request.POST.get("version", "")
    try:
        changes = forms.changes(request.POST, kind=found.kind, unit=panels.cost_unit())
        services.interaction_correct(
            actor=actor, interaction_id=found.pk, changes=changes,
            version=int(version) if version.isdecimal() and len(version) < 10 else -1,
        )  # fmt: skip
    except InvalidError as error:
        return _page(request, found, errors=error.errors, typed=request.POST, open=True, status=422)
    except ChangedMeanwhileError as error:
        now = _one(actor, error.theirs.pk)
        return _page(request, now, meanwhile=True, typed=request.POST, open=True, status=409)
    except Interaction.DoesNotExist:
        raise Http404 from None
    toast(request, gettext("Corrected; the earlier version is kept below."))
    return redirect("interactions:one", found.pk)


def _back(request: StaffRequest, found: Interaction) -> HttpResponse:
    """To the customer's timeline where one came from there, else to the interaction."""
    if request.POST.get("back") == "customer" and found.customer_id is not None:
        back = reverse("customers:one", args=[found.customer_id])
    else:
        back = reverse("interactions:one", args=[found.pk])
    if "HX-Request" in request.headers:
        return HttpResponse(status=204, headers={"HX-Redirect": back})
    return redirect(back)


@require_POST
def pin(request: StaffRequest, interaction_id: int) -> HttpResponse:
    """Put it on top of its customer's history, or let it go back to its place."""
    actor = request.actor
    actor.require(access.EDIT)
    found = _one(actor, interaction_id)
    try:
        if request.POST.get("off") == "1":
            services.interaction_unpin(actor=actor, interaction_id=found.pk)
        else:
            services.interaction_pin(actor=actor, interaction_id=found.pk)
    except InvalidError as error:
        toast(request, " ".join(str(message) for message in error.errors.values()), level="bad")
    except Interaction.DoesNotExist:
        raise Http404 from None
    return _back(request, found)


@require_POST
def file_add(request: StaffRequest, interaction_id: int) -> HttpResponse:
    """Attach files to a note, call or meeting."""
    actor = request.actor
    actor.require(access.EDIT)
    found = _one(actor, interaction_id)
    try:
        for file in request.FILES.getlist("file"):
            services.file_add(
                actor=actor, interaction_id=found.pk, name=file.name or "file", stream=file,
                content_type=file.content_type or "",
            )  # fmt: skip
    except (InvalidError, FileRefusedError) as error:
        said = error.errors.values() if isinstance(error, InvalidError) else [error]
        toast(request, " ".join(str(message) for message in said), level="bad")
    except Interaction.DoesNotExist:
        raise Http404 from None
    return redirect("interactions:one", found.pk)


@require_safe
def file_open(request: StaffRequest, file_id: int) -> HttpResponseBase:
    """A file's bytes: pictures to be seen, everything else to be kept; never run."""
    try:
        kept, stream = services.file_open(actor=request.actor, file_id=file_id)
    except InteractionFile.DoesNotExist:
        raise Http404 from None
    seen = kept.content_type in SHOWN and request.GET.get("show") == "1"
    response = FileResponse(
        stream, as_attachment=not seen, filename=kept.name, content_type=kept.content_type if seen else None
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@require_POST
def file_remove(request: StaffRequest, file_id: int) -> HttpResponse:
    """Take a file off, with the way back."""
    actor = request.actor
    try:
        gone, done = services.file_remove(actor=actor, file_id=file_id)
    except InteractionFile.DoesNotExist:
        raise Http404 from None
    undo = reverse("changes:undo", args=[done])
    toast(request, gettext("%(name)s was taken off.") % {"name": gone.file.name}, undo_url=undo)
    return redirect("interactions:one", gone.interaction_id)


@require_http_methods(["POST"])
def attach(request: StaffRequest, interaction_id: int) -> HttpResponse:
    """Give the whole history of an unknown visitor, phone or address to a customer."""
    actor = request.actor
    actor.require(access.EDIT)
    found = _one(actor, interaction_id)
    if found.customer_id is not None or not found.identity_key:
        raise Http404
    chosen = request.POST.get("customer", "")
    if not chosen.isdecimal() or len(chosen) > 18:
        toast(request, gettext("Choose somebody from the list first."), level="bad")
        return redirect("interactions:one", found.pk)
    try:
        customer = customer_queries.customer_get(actor=actor, id=int(chosen))
        recognised = Recognised(found.identity_kind, found.identity_key, found.identity_system)
        joined = services.attach(actor=actor, identity=recognised, customer=customer)
    except Customer.DoesNotExist:
        raise Http404 from None
    if joined is not None:
        words = gettext("%(n)s entries belong to %(name)s now.") % {"n": number(joined.rows), "name": customer.name}
        toast(request, words, undo_url=reverse("interactions:detach", args=[joined.pk]))
    return redirect("customers:one", customer.pk)


@require_POST
def detach(request: StaffRequest, joining_id: int) -> HttpResponse:
    """That was wrong: take back exactly what was given."""
    actor = request.actor
    actor.require(access.EDIT)
    try:
        moved = services.detach(actor=actor, joining_id=joining_id)
    except Joining.DoesNotExist:
        raise Http404 from None
    toast(request, gettext("%(n)s entries are without customer again.") % {"n": number(moved)}, level="info")
    if request.headers.get("X-Requested-With") == "fetch":
        return HttpResponse(status=204)
    customer_id = request.POST.get("customer", "")
    if customer_id.isdecimal() and len(customer_id) < 19:
        return redirect("customers:one", int(customer_id))
    return redirect("interactions:list")
