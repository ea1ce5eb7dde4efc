"""REST routes of data in and out; doors.api mounts them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from django.http import FileResponse, Http404, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from ninja import File, Form, Router, Schema
from ninja.errors import HttpError
from ninja.files import UploadedFile
from pydantic import Field

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.money.currencies import currency_of
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import ExportShape, ImportShape
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.text.lists import joined
from peyvand.foundation.transfer import services
from peyvand.foundation.transfer.models import Import
from peyvand.foundation.transfer.queries import exports_for, import_get, reason_words, shape_of
from peyvand.foundation.transfer.reading import ENCODINGS, Wish
from peyvand.foundation.ui.rest import After, Given, Size, Text, attachment, example, page

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
router = Router(tags=["transfer"])


class SampleOut(Schema):
    """A line that would not be taken, or one of its values, with the reason in words."""

    line: int
    column: str
    value: str
    reason: str


class CheckedOut(Schema):
    """What a check found: what the import would do, line by line counted, and the first problems."""

    lines: int
    imported: int
    new: int
    updated: int
    unchanged: int
    skipped: dict[str, int]
    totals: dict[str, Any]
    samples: list[SampleOut]


class ImportOut(Schema):
    """An import. Every line is counted once: `lines` = `imported` + all of `skipped`, when `state` is "done".

    `questions` are what must be said with PUT before it can run; `mapping` gives the column of the file, from 0.
    `checked` is what the dry run found, while nothing is in yet.
    """

    id: int
    shape: str
    state: str
    file_name: str
    columns: list[str]
    mapping: dict[str, int]
    options: dict[str, Any]
    questions: list[str]
    checked: CheckedOut | None
    lines: int
    imported: int
    new: int
    updated: int
    unchanged: int
    skipped: dict[str, int]
    totals: dict[str, Any]
    error: str
    run_id: int | None
    created_at: datetime
    finished_at: datetime | None

    @staticmethod
    def resolve_columns(one: Import) -> list[str]:
        return list(one.sniffed["columns"])

    @staticmethod
    def resolve_questions(one: Import) -> list[str]:
        return services.questions(one) if one.state in services.OPEN_STATES else []

    @staticmethod
    def resolve_imported(one: Import) -> int:
        return int(one.counts.get("imported", 0))

    @staticmethod
    def resolve_new(one: Import) -> int:
        return int(one.counts.get("new", 0))

    @staticmethod
    def resolve_updated(one: Import) -> int:
        return int(one.counts.get("updated", 0))

    @staticmethod
    def resolve_unchanged(one: Import) -> int:
        return int(one.counts.get("unchanged", 0))

    @staticmethod
    def resolve_skipped(one: Import) -> dict[str, int]:
        return dict(one.counts.get("skipped", {}))

    @staticmethod
    def resolve_checked(one: Import) -> dict[str, Any] | None:
        return _checked(one) if one.dry else None


class ImportPage(Schema):
    """A page of imports; `next` is the cursor of the page after, null at the end."""

    items: list[ImportOut]
    next: str | None


Existing = Literal["update", "skip"]
Missing = Literal["create", "skip"]


class FormatIn(Given):
    """How a file is written; what is left out is found by looking."""

    sheet: Text = Field(default="", max_length=200, description="Of a workbook; the first with rows when empty.")
    encoding: str = Field(default="", max_length=20, description=f"One of: {', '.join(ENCODINGS)}.")
    delimiter: str = Field(default="", max_length=1)
    header: bool | None = Field(default=None, description="Whether the first line has titles.")


class ImportIn(FormatIn):
    """What a file is. `run` starts at once when no question is open; `check` looks first and changes nothing.

    `key` names the column by which rows are known; `existing` says what becomes of those that are there, `missing` of
    those that are not; with `clear` empty cells empty their field.
    """

    shape: Text = Field(max_length=60, description="What it holds: customers, organisations, orders, products…")
    currency: str = Field(default="", max_length=3)
    tz: str = Field(default="", max_length=64)
    day_first: bool | None = None
    key: Text = Field(default="", max_length=60)
    existing: Existing = "update"
    missing: Missing = "create"
    clear: bool = False
    run: bool = True
    check: bool = False


class MappingIn(Given):
    """Where the shape's columns stand in the file, from 0, and how values are to be read; what is left out stays."""

    model_config = example({"mapping": {"name": 0, "phone": 2}, "key": "phone", "existing": "skip"})

    mapping: dict[str, Annotated[int, Field(ge=0, le=100_000)]] = Field(max_length=1_000)
    currency: str | None = Field(default=None, max_length=3)
    tz: str | None = Field(default=None, max_length=64)
    day_first: bool | None = None
    key: Text | None = Field(default=None, max_length=60)
    existing: Existing | None = None
    missing: Missing | None = None
    clear: bool | None = None
    remember: bool = Field(default=False, description="For the next file with these titles.")


class ReshapeIn(FormatIn):
    """As what, and how written, the file is to be read."""

    model_config = example({"shape": "customers", "encoding": "cp1256"})

    shape: Text = Field(max_length=60)


class UndoOut(Schema):
    """Rows taken back, and rows that stay because somebody changed or needs them."""

    undone: int
    kept: int


def _actor(request: StaffRequest) -> Actor:
    """Imports go to one's own business, also of a token that looks at the sample."""
    if request.actor.demo:
        raise HttpError(409, _("Files are brought into your own business, not into the sample."))
    request.actor.require("transfer.import")
    return request.actor


def _options(data: ImportIn | MappingIn) -> dict[str, Any]:
    """What was said of how values are to be read, and of rows that are there already."""
    given: dict[str, Any] = {}
    if data.currency:
        given["currency"] = currency_of(data.currency.upper()).code
    if data.tz:
        if data.tz not in available_timezones():
            raise services.MappingError(
                _("There is no time zone “{tz}”. Write it like Asia/Tehran.").format(tz=data.tz)
            )
        given["tz"] = data.tz
    said = {name: getattr(data, name) for name in ("day_first", "key", "existing", "missing", "clear")}
    return given | {name: value for name, value in said.items() if value is not None}


def _require_shape(name: str) -> None:
    if not registry.has(ImportShape, name):
        names = joined(shape.name for shape in registry.all(ImportShape))
        text = _("There is no kind of file called “{name}”. There are: {names}.")
        raise services.MappingError(text.format(name=name, names=names))


def _require_key(actor: Actor, one: Import, mapping: Mapping[str, int], key: str) -> None:
    """Rows are known by a column that can tell them apart, and that the file has."""
    keys = [column.name for column in shape_of(one.shape, actor).columns if column.key and column.name in mapping]
    if key and key not in keys:
        raise services.MappingError(_("Rows can be known by: {names}.").format(names=joined(keys) or "-"))


def _wish(data: FormatIn) -> Wish:
    if data.encoding and data.encoding not in ENCODINGS:
        raise services.MappingError(_("Encodings are: {names}.").format(names=joined(ENCODINGS)))
    if data.delimiter and data.delimiter in '"\r\n\x00':
        raise services.MappingError(_("Cells can't be cut by this sign."))
    return Wish(encoding=data.encoding, delimiter=data.delimiter, header=data.header, sheet=data.sheet)


def _checked(one: Import) -> dict[str, Any]:
    titles = {column.name: str(column.label) for column in shape_of(one.shape).columns}
    samples = [
        {
            "line": row, "column": column, "value": value,
            "reason": reason_words(reason, column=titles.get(column, ""), value=value),
        }
        for row, column, value, reason in one.dry.get("samples", ())
    ]  # fmt: skip
    names = ("lines", "imported", "new", "updated", "unchanged")
    counts = {name: int(one.dry.get(name, 0)) for name in names}
    return {**counts, "skipped": one.dry.get("skipped", {}), "totals": one.dry.get("totals", {}), "samples": samples}


@router.get("/imports", response=ImportPage, summary="Imports, newest first")
def imports_list(request: StaffRequest, after: After | None = None, size: Size = 50) -> dict[str, Any]:
    """Your own; everybody's with the right to see all."""
    return page(Import.objects.visible_to(_actor(request)), order=("-id",), after=after, size=size)


@router.post("/imports", response={201: ImportOut}, summary="Bring in a CSV or XLSX file")
def imports_create(request: StaffRequest, data: Form[ImportIn], file: File[UploadedFile]) -> tuple[int, Import]:
    """The columns are guessed from their titles. Long work: look at `state`, or at the run of `run_id`."""
    actor = _actor(request)
    _require_shape(data.shape)
    options, wish = _options(data), _wish(data)
    stream = file.file or file
    one = services.import_begin(actor=actor, name=file.name or "", stream=stream, shape=data.shape, wish=wish)
    _require_key(actor, one, one.mapping, data.key)
    one = services.import_map(actor=actor, import_id=one.pk, mapping=one.mapping, options=options)
    if (data.run or data.check) and not services.questions(one):
        verb = services.import_dry_run if data.check else services.import_run
        one = verb(actor=actor, import_id=one.pk)
    return 201, one


@router.get("/imports/{int:import_id}", response=ImportOut, summary="One import, and how far it is")
def imports_get(request: StaffRequest, import_id: int) -> Import:
    """Ask again while it runs."""
    return services.settle(import_get(actor=_actor(request), import_id=import_id))


@router.put("/imports/{int:import_id}/mapping", response=ImportOut, summary="Say what the columns are")
def imports_map(request: StaffRequest, import_id: int, data: MappingIn) -> Import:
    """What an earlier check found is forgotten."""
    actor, options = _actor(request), _options(data)
    one = import_get(actor=actor, import_id=import_id)
    _require_key(actor, one, data.mapping, str(options.get("key", one.options.get("key")) or ""))
    return services.import_map(
        actor=actor, import_id=import_id, mapping=data.mapping, options=options, remember=data.remember
    )


@router.post("/imports/{int:import_id}/reshape", response=ImportOut, summary="Read the file as something else")
def imports_reshape(request: StaffRequest, import_id: int, data: ReshapeIn) -> Import:
    """As another kind, or as written otherwise; the guesses are made anew."""
    actor = _actor(request)
    import_get(actor=actor, import_id=import_id)
    _require_shape(data.shape)
    return services.import_reshape(actor=actor, import_id=import_id, shape=data.shape, wish=_wish(data))


@router.post("/imports/{int:import_id}/check", response=ImportOut, summary="Check the file without changing anything")
def imports_check(request: StaffRequest, import_id: int) -> Import:
    """Everything is done and taken back. Long work: what it found is in `checked` once `state` is "checked"."""
    return services.import_dry_run(actor=_actor(request), import_id=import_id)


@router.post("/imports/{int:import_id}/run", response=ImportOut, summary="Start, or go on with what was stopped")
def imports_run(request: StaffRequest, import_id: int) -> Import:
    """Long work: ask for the import again."""
    return services.import_run(actor=_actor(request), import_id=import_id)


@router.post("/imports/{int:import_id}/stop", response=ImportOut, summary="Stop an import or a check")
def imports_stop(request: StaffRequest, import_id: int) -> Import:
    """Between two batches; what is in stays and can be taken back, or gone on with."""
    return services.import_stop(actor=_actor(request), import_id=import_id)


@router.post("/imports/{int:import_id}/undo", response=UndoOut, summary="Take an import back")
def imports_undo(request: StaffRequest, import_id: int) -> dict[str, int]:
    """For thirty days; rows that somebody has changed since stay."""
    return services.import_undo(actor=_actor(request), import_id=import_id)


@router.get(
    "/imports/{int:import_id}/problems", summary="The lines that were not taken, as CSV", response={200: None},
    openapi_extra={"responses": {200: {"content": {"text/csv": {}}}}},
)  # fmt: skip
def imports_problems(request: StaffRequest, import_id: int) -> StreamingHttpResponse:
    """With the reason in a last column; mend them and send the file again."""
    import_get(actor=_actor(request), import_id=import_id)
    return attachment(services.problems_csv(actor=request.actor, import_id=import_id), CSV)


class ExportOut(Schema):
    """A list that can be taken out."""

    name: str
    label: str


@router.get("/exports", response=list[ExportOut], summary="The lists that you may take out")
def exports_list(request: StaffRequest) -> list[dict[str, str]]:
    """By name."""
    return [{"name": shape.name, "label": str(shape.label)} for shape in exports_for(request.actor)]


@router.get(
    "/exports/{name}", summary="A list as CSV or XLSX", response={200: None},
    openapi_extra={"x-free": [""], "responses": {200: {"content": {"text/csv": {}, XLSX: {}}}}},
)  # fmt: skip
def exports_get(request: StaffRequest, name: str, format: Literal["csv", "xlsx"] = "csv") -> HttpResponseBase:
    """What the staff's export gives; the act is put into the audit trail. Any other parameter is a condition as it
    stands in the address of the staff's list: `?view=mine&city=Shiraz`.
    """
    if not registry.has(ExportShape, name):
        raise Http404
    request.actor.require(registry.get(ExportShape, name).permission)
    query = {key: value for key, value in request.GET.dict().items() if key != "format"}
    if format == "csv":
        return attachment(services.export_csv(actor=request.actor, name=name, query=query), CSV)
    path = services.export_xlsx(actor=request.actor, name=name, query=query)
    opened = path.open("rb")
    path.unlink()  # the open file lives until it is read
    response = FileResponse(opened, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)
    response["X-Content-Type-Options"] = "nosniff"
    return response
