"""REST routes of what records consist of, and of the views in which people look at lists."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import Http404
from ninja import Router, Schema
from pydantic import Field

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.fields import access, conditions, queries, services
from peyvand.foundation.fields.declarations import Field as RecordField
from peyvand.foundation.fields.declarations import RecordType
from peyvand.foundation.fields.kinds import FieldKind
from peyvand.foundation.fields.models import CustomField, SavedView
from peyvand.foundation.fields.services import FieldData
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.ui.rest import Given, Text, example

router = Router(tags=["fields"])
RecordName = Annotated[str, Field(max_length=40, description="The kind of record: customer.")]


def _record(name: str) -> RecordType:
    if not registry.has(RecordType, name):
        raise Http404
    return queries.record_type(name)


# ── fields as everybody reads them ────────────────────────────────────────


class ChoiceOut(Schema):
    """A value that may be chosen, and how it is called."""

    value: str
    label: str


class FieldOut(Schema):
    """A field of a record. `name` is its name in conditions (`f.<name>`) and orders; `edited` the name under which it
    is written, "" where nobody types it. Custom fields are named "c.<key>" and written under their key in `custom`.
    """

    name: str
    label: str
    kind: str
    custom: bool
    edited: str
    required: bool
    sortable: bool
    operators: list[str]
    choices: list[ChoiceOut]
    currency: str
    help: str


@router.get("/fields/{record}", response=list[FieldOut], summary="The fields of a kind of record")
def fields_list(request: StaffRequest, record: str) -> list[dict[str, Any]]:
    """Built-in ones first, then those that people have added, in their order; without what is hidden from you."""
    request.actor.require(_record(record).view)
    return [_field(one) for one in queries.fields_of(actor=request.actor, record=record).values()]


def _field(one: RecordField) -> dict[str, Any]:
    return {
        "name": one.name, "label": str(one.label), "kind": one.kind, "custom": one.custom, "edited": one.edited,
        "required": one.required, "sortable": one.sortable, "currency": one.currency, "help": str(one.help),
        "operators": list(conditions.OPERATORS.get(one.kind, ())) if one.condition else [],
        "choices": [{"value": value, "label": str(label)} for value, label in one.choices],
    }  # fmt: skip


# ── custom fields as they are made ────────────────────────────────────────


class CustomChoice(Given):
    """A choice in one language or both; one that is still called so in either keeps its key, and its values."""

    fa: Text = Field(default="", max_length=80)
    en: Text = Field(default="", max_length=80)


class CustomFieldOut(Schema):
    """A field that people have added; `key` and `kind` stay as they were made."""

    id: int
    record: str
    key: str
    kind: str
    label_fa: str
    label_en: str
    help: str
    choices: list[dict[str, str]]
    currency: str
    required: bool
    position: int
    archived: bool


class CustomFieldIn(Given):
    """A field to be added. Without a `key` one is made of the label."""

    model_config = example({
                    "record": "customer", "kind": "choice", "label_fa": "اندازهٔ چای", "label_en": "Pack",
                    "choices": [{"fa": "کوچک", "en": "Small"}, {"fa": "بزرگ", "en": "Large"}],
                })  # fmt: skip

    record: RecordName
    kind: str = Field(max_length=12, description=f"One of: {', '.join(FieldKind.values)}.")
    label_fa: Text = Field(default="", max_length=80)
    label_en: Text = Field(default="", max_length=80)
    key: str = Field(default="", max_length=40)
    help: Text = Field(default="", max_length=200)
    choices: list[CustomChoice] = Field(default_factory=list, max_length=services.MOST_CHOICES)
    currency: str = Field(default="", max_length=3)
    required: bool = False


class CustomFieldChange(Given):
    """What changes of a field; what is left out stays."""

    model_config = example({"label_en": "Size of the pack"})

    label_fa: Text = Field(default="", max_length=80)
    label_en: Text = Field(default="", max_length=80)
    help: Text = Field(default="", max_length=200)
    choices: list[CustomChoice] = Field(default_factory=list, max_length=services.MOST_CHOICES)
    currency: str = Field(default="", max_length=3)
    required: bool = False


class ArchivedIn(Given):
    """Whether it is put away."""

    model_config = example({"archived": True})

    archived: bool


class MoveIn(Given):
    """One place up, or down."""

    model_config = example({"up": True})

    up: bool


def _custom(request: StaffRequest, field_id: int) -> CustomField:
    request.actor.require(access.MANAGE)
    found = CustomField.objects.visible_to(request.actor).filter(pk=field_id).first()
    if found is None:
        raise Http404
    return found


def _lines(choices: list[CustomChoice]) -> str:
    """Choices as the verbs take them: a line each."""
    plain = [[" ".join(part.replace("|", "/").split()) for part in (one.fa, one.en)] for one in choices]
    return "\n".join(" | ".join(parts) for parts in plain)


@router.get("/custom-fields", response=list[CustomFieldOut], summary="Fields that people have added")
def custom_fields_list(request: StaffRequest, record: RecordName = "customer") -> list[CustomField]:
    """Archived ones too."""
    request.actor.require(access.MANAGE)
    _record(record)
    return list(queries.custom_fields(actor=request.actor, record=record, archived=True))


@router.post("/custom-fields", response={201: CustomFieldOut}, summary="Add a field to a kind of record")
def custom_fields_create(request: StaffRequest, data: CustomFieldIn) -> tuple[int, CustomField]:
    """It stands at once in lists, forms, conditions, files and here."""
    request.actor.require(access.MANAGE)
    _record(data.record)
    values = data.dict(exclude={"record", "choices"})
    given = FieldData(**values, choices=_lines(data.choices))
    return 201, services.field_save(actor=request.actor, record=data.record, data=given)


@router.get("/custom-fields/{int:field_id}", response=CustomFieldOut, summary="One field")
def custom_fields_get(request: StaffRequest, field_id: int) -> CustomField:
    """As it was made."""
    return _custom(request, field_id)


@router.patch("/custom-fields/{int:field_id}", response=CustomFieldOut, summary="Change a field")
def custom_fields_change(request: StaffRequest, field_id: int, data: CustomFieldChange) -> CustomField:
    """Choices that are left out can't be chosen any more; where they were chosen they stay readable."""
    found = _custom(request, field_id)
    names = ("label_fa", "label_en", "help", "currency", "required")
    values = {name: getattr(found, name) for name in names} | data.dict(exclude_unset=True, exclude={"choices"})
    choices = [CustomChoice(fa=one.get("fa", ""), en=one.get("en", "")) for one in found.choices]
    lines = _lines(data.choices if "choices" in data.model_fields_set else choices)
    given = FieldData(kind=found.kind, choices=lines, **values)
    return services.field_save(actor=request.actor, record=found.record, data=given, field=found)


@router.post("/custom-fields/{int:field_id}/archive", response=CustomFieldOut, summary="Put a field away, or back")
def custom_fields_archive(request: StaffRequest, field_id: int, data: ArchivedIn) -> CustomField:
    """Its values are kept."""
    services.field_archive(actor=request.actor, field=_custom(request, field_id), archived=data.archived)
    return _custom(request, field_id)


@router.post("/custom-fields/{int:field_id}/move", response=CustomFieldOut, summary="One place up or down")
def custom_fields_move(request: StaffRequest, field_id: int, data: MoveIn) -> CustomField:
    """Among those in use; at the end nothing happens."""
    services.field_move(actor=request.actor, field=_custom(request, field_id), up=data.up)
    return _custom(request, field_id)


# ── views of lists ────────────────────────────────────────────────────────


class ViewOut(Schema):
    """Conditions, order and columns of a list under a name; `query` is the address of the list after the "?"."""

    id: int
    record: str
    name: str
    query: str
    shared: bool
    owner_id: int


class ViewIn(Given):
    """A view to be kept; `shared` with everyone who may see the list needs a right of its own."""

    model_config = example({"name": "Shiraz, silent", "query": "city=Shiraz&touched=-90"})

    record: RecordName = "customer"
    name: Text = Field(max_length=60)
    query: Text = Field(default="", max_length=2_000)
    shared: bool = False


class ViewChange(Given):
    """What changes of a view; what is left out stays."""

    model_config = example({"name": "Shiraz, silent for long"})

    name: Text = Field(default="", max_length=60)
    query: Text = Field(default="", max_length=2_000)
    shared: bool = False


def _view(request: StaffRequest, view_id: int) -> SavedView:
    found = SavedView.objects.visible_to(request.actor).filter(pk=view_id).first()
    if found is None:
        raise Http404
    request.actor.require(_record(found.record).view)
    return found


@router.get("/views", response=list[ViewOut], summary="Your views of a list, and shared ones")
def views_list(request: StaffRequest, record: RecordName = "customer") -> list[SavedView]:
    """What a view shows is always by the reader's own rights."""
    request.actor.require(_record(record).view)
    return list(SavedView.objects.visible_to(request.actor).filter(record=record).order_by("position", "pk"))


@router.post("/views", response={201: ViewOut}, summary="Keep a view")
def views_create(request: StaffRequest, data: ViewIn) -> tuple[int, SavedView]:
    """Its parameters are those of the list."""
    request.actor.require(_record(data.record).view)
    return 201, services.view_save(actor=request.actor, **data.dict())


@router.get("/views/{int:view_id}", response=ViewOut, summary="One view")
def views_get(request: StaffRequest, view_id: int) -> SavedView:
    """One's own, or a shared one."""
    return _view(request, view_id)


@router.patch("/views/{int:view_id}", response=ViewOut, summary="Change a view")
def views_change(request: StaffRequest, view_id: int, data: ViewChange) -> SavedView:
    """A shared one needs the right to share."""
    found = _view(request, view_id)
    values = {name: getattr(found, name) for name in ("name", "query", "shared")} | data.dict(exclude_unset=True)
    return services.view_save(actor=request.actor, record=found.record, view=found, **values)


@router.delete("/views/{int:view_id}", response={204: None}, summary="Forget a view")
def views_remove(request: StaffRequest, view_id: int) -> tuple[int, None]:
    """Undo brings it back."""
    services.view_delete(actor=request.actor, view=_view(request, view_id))
    return 204, None
