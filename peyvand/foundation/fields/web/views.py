"""Settings: which fields records have, and who sees them."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peyvand.foundation.accounts import access as accounts_access
from peyvand.foundation.accounts.queries import role_choices, roles_hiding
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.accounts.services.roles import hidden_set
from peyvand.foundation.fields import access, queries, services
from peyvand.foundation.fields.declarations import PREFIX, RecordType
from peyvand.foundation.fields.errors import InvalidError
from peyvand.foundation.fields.kinds import ICONS, FieldKind
from peyvand.foundation.fields.models import CustomField
from peyvand.foundation.fields.services import FieldData
from peyvand.foundation.fields.web.forms import FieldForm, initial_of
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.registry import UnknownNameError, registry
from peyvand.foundation.ui.toasts import toast


def _field(actor: Actor, field_id: int) -> CustomField:
    found = CustomField.objects.visible_to(actor).filter(pk=field_id).first()
    if found is None:
        raise Http404
    return found


@require_safe
def field_list(request: StaffRequest) -> HttpResponse:
    """The fields of each kind of record: one's own first, then those that are built in."""
    actor = request.actor
    actor.require(access.MANAGE)
    hiding = roles_hiding()
    groups = []
    for record in registry.all(RecordType):
        customs = list(queries.custom_fields(actor=actor, record=record.name, archived=True))
        groups.append(
            {
                "record": record,
                "customs": [
                    {"field": one, "icon": ICONS[one.kind], "hidden": hiding.get(f"{record.name}.{PREFIX}{one.key}")}
                    for one in customs
                    if not one.archived
                ],
                "archived": [one for one in customs if one.archived],
                "built_in": [
                    {"field": one, "kind": FieldKind(one.kind).label, "hidden": hiding.get(f"{record.name}.{one.name}")}
                    for one in record.fields(actor)
                    if one.hideable
                ],
            }
        )
    may_hide = actor.may(accounts_access.MANAGE_ROLES)
    return render(request, "fields/list.html", {"groups": groups, "may_hide": may_hide})


@require_http_methods(["GET", "HEAD", "POST"])
def field_new(request: StaffRequest) -> HttpResponse:
    """Add a field to a kind of record."""
    request.actor.require(access.MANAGE)
    record = request.GET.get("record", "")
    found = next((one for one in registry.all(RecordType) if one.name == record), registry.all(RecordType)[0])
    return _form(request, found, None)


@require_http_methods(["GET", "HEAD", "POST"])
def field_one(request: StaffRequest, field_id: int) -> HttpResponse:
    """Change a field."""
    request.actor.require(access.MANAGE)
    custom = _field(request.actor, field_id)
    return _form(request, queries.record_type(custom.record), custom)


def _form(request: StaffRequest, record: RecordType, custom: CustomField | None) -> HttpResponse:
    actor = request.actor
    initial = initial_of(custom) if custom is not None else {"kind": FieldKind.TEXT, "currency": "IRR"}
    form = FieldForm(request.POST or None, custom=custom, initial=initial)
    if request.method == "POST" and form.is_valid():
        data: dict[str, Any] = {"kind": custom.kind if custom is not None else "", **form.cleaned_data}
        try:
            made = services.field_save(actor=actor, record=record.name, data=FieldData(**data), field=custom)
        except InvalidError as error:
            form.put_errors(error)
        else:
            toast(request, gettext("The field “%(name)s” was saved.") % {"name": made.label})
            return redirect("fields:list")
    context = {
        "form": form,
        "record": record,
        "custom": custom,
        "kind": FieldKind(custom.kind).label if custom is not None else "",
        "kept": record.kept(actor.demo, custom.key) if custom is not None else 0,
    }
    return render(request, "fields/form.html", context, status=422 if form.errors else 200)


@require_POST
def field_archive(request: StaffRequest, field_id: int) -> HttpResponse:
    """Show it no more, or again."""
    custom = _field(request.actor, field_id)
    archived = request.POST.get("archived") == "1"
    done = services.field_archive(actor=request.actor, field=custom, archived=archived)
    text = gettext("“%(name)s” is archived; its values are kept.") if archived else gettext("“%(name)s” is back.")
    toast(request, text % {"name": custom.label}, undo_url=reverse("changes:undo", args=[done]))
    return redirect("fields:list")


@require_POST
def field_move(request: StaffRequest, field_id: int) -> HttpResponse:
    """One place up or down."""
    services.field_move(actor=request.actor, field=_field(request.actor, field_id), up=request.POST.get("up") == "1")
    return redirect("fields:list")


@require_http_methods(["GET", "HEAD", "POST"])
def seen(request: StaffRequest, record: str, field: str) -> HttpResponse:
    """Which roles do not see a field."""
    actor = request.actor
    actor.require(accounts_access.MANAGE_ROLES)
    try:
        fields = queries.fields_of(actor=actor, record=record)
    except UnknownNameError:
        raise Http404 from None
    about = fields.get(field)
    if about is None or not about.hideable:
        raise Http404
    full = f"{record}.{field}"
    if request.method == "POST":
        chosen = [int(value) for value in request.POST.getlist("roles") if value.isdecimal() and len(value) < 10]
        done = hidden_set(actor=actor, field=full, label=str(about.label), role_ids=chosen)
        undo = reverse("changes:undo", args=[done]) if done is not None else ""
        toast(request, gettext("Who sees “%(name)s” was saved.") % {"name": about.label}, undo_url=undo)
        return redirect("fields:list")
    return render(request, "fields/seen.html", {"field": about, "roles": role_choices(actor=actor, field=full)})
