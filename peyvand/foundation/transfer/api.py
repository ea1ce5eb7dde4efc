"""REST routes of data in and out; doors.api mounts them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from zoneinfo import available_timezones

from django.http import Http404, StreamingHttpResponse
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
from peyvand.foundation.transfer import services
from peyvand.foundation.transfer.models import Import
from peyvand.foundation.transfer.queries import import_get
from peyvand.foundation.transfer.reading import ENCODINGS, Wish
from peyvand.foundation.ui.lists import paginate

LARGEST_PAGE = 200
router = Router(tags=["transfer"])


class ImportOut(Schema):
    """An import. Every line is counted once: `lines` = `imported` + all of `skipped`, when `state` is "done".

    `questions` are what must be said with PUT before it can run; `mapping` gives the column of the file, from 0.
    """

    id: int
    shape: str
    state: str
    file_name: str
    columns: list[str]
    mapping: dict[str, int]
    options: dict[str, Any]
    questions: list[str]
    lines: int
    imported: int
    new: int
    updated: int
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
    def resolve_skipped(one: Import) -> dict[str, int]:
        return dict(one.counts.get("skipped", {}))


class ImportPage(Schema):
    """A page of imports; `next` is the cursor of the page after, null at the end."""

    items: list[ImportOut]
    next: str | None


class ImportIn(Schema):
    """What a file is. `run` starts at once when no question is open."""

    shape: str
    currency: str = Field(default="", max_length=3)
    tz: str = Field(default="", max_length=64)
    day_first: bool | None = None
    run: bool = True
    sheet: str = Field(default="", max_length=200)  # of a workbook; the first with rows when empty
    encoding: str = Field(default="", max_length=20)
    delimiter: str = Field(default="", max_length=1)
    header: bool | None = None


class MappingIn(Schema):
    """Where the shape's columns stand in the file, from 0, and how values are to be read.

    `said` answers what the shape asks of the whole file: for customers "list", the name of a list that they go on.
    """

    mapping: dict[str, int]
    currency: str | None = Field(default=None, max_length=3)
    tz: str | None = Field(default=None, max_length=64)
    day_first: bool | None = None
    said: dict[str, Annotated[str, Field(max_length=120)]] = Field(default_factory=dict, max_length=20)


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


def _options(currency: str | None, tz: str | None, day_first: bool | None) -> dict[str, Any]:
    given: dict[str, Any] = {}
    if currency:
        given["currency"] = currency_of(currency.upper()).code
    if tz:
        if tz not in available_timezones():
            raise services.MappingError(_("There is no time zone “{tz}”. Write it like Asia/Tehran.").format(tz=tz))
        given["tz"] = tz
    if day_first is not None:
        given["day_first"] = day_first
    return given


@router.get("/imports", response=ImportPage, summary="Imports, newest first")
def imports_list(
    request: StaffRequest, after: str | None = None, size: Annotated[int, Field(ge=1, le=LARGEST_PAGE)] = 50
) -> dict[str, Any]:
    page = paginate(Import.objects.visible_to(_actor(request)), order=("-id",), cursor=after, size=size)
    return {"items": page.rows, "next": page.next_cursor}


@router.post("/imports", response={201: ImportOut}, summary="Bring in a CSV or XLSX file")
def imports_create(request: StaffRequest, data: Form[ImportIn], file: File[UploadedFile]) -> tuple[int, Import]:
    """The columns are guessed from their titles. Long work: look at `state`, or at the run of `run_id`."""
    actor = _actor(request)
    if not registry.has(ImportShape, data.shape):
        names = ", ".join(shape.name for shape in registry.all(ImportShape))
        text = _("There is no kind of file called “{name}”. There are: {names}.")
        raise services.MappingError(text.format(name=data.shape, names=names))
    options = _options(data.currency, data.tz, data.day_first)
    if data.encoding and data.encoding not in ENCODINGS:
        raise services.MappingError(_("Encodings are: {names}.").format(names=", ".join(ENCODINGS)))
    if data.delimiter and data.delimiter in '"\r\n\x00':
        raise services.MappingError(_("Cells can't be cut by this sign."))
    wish = Wish(encoding=data.encoding, delimiter=data.delimiter, header=data.header, sheet=data.sheet)
    stream = file.file or file
    one = services.import_begin(actor=actor, name=file.name or "", stream=stream, shape=data.shape, wish=wish)
    one = services.import_map(actor=actor, import_id=one.pk, mapping=one.mapping, options=options)
    if data.run and not services.questions(one):
        one = services.import_run(actor=actor, import_id=one.pk)
    return 201, one


@router.get("/imports/{import_id}", response=ImportOut, summary="One import, and how far it is")
def imports_get(request: StaffRequest, import_id: int) -> Import:
    return services.settle(import_get(actor=_actor(request), import_id=import_id))


@router.put("/imports/{import_id}/mapping", response=ImportOut, summary="Say what the columns are")
def imports_map(request: StaffRequest, import_id: int, data: MappingIn) -> Import:
    actor = _actor(request)
    options = _options(data.currency, data.tz, data.day_first)
    shape = import_get(actor=actor, import_id=import_id).shape
    options |= services.answers(actor=actor, shape=shape, said=data.said)
    return services.import_map(actor=actor, import_id=import_id, mapping=data.mapping, options=options)


@router.post("/imports/{import_id}/run", response=ImportOut, summary="Start, or go on with what was stopped")
def imports_run(request: StaffRequest, import_id: int) -> Import:
    return services.import_run(actor=_actor(request), import_id=import_id)


@router.post("/imports/{import_id}/undo", response=UndoOut, summary="Take an import back")
def imports_undo(request: StaffRequest, import_id: int) -> dict[str, int]:
    return services.import_undo(actor=_actor(request), import_id=import_id)


@router.get("/imports/{import_id}/problems", summary="The lines that were not taken, as CSV", response={200: None})
def imports_problems(request: StaffRequest, import_id: int) -> StreamingHttpResponse:
    import_get(actor=_actor(request), import_id=import_id)
    return _csv(services.problems_csv(actor=request.actor, import_id=import_id))


@router.get("/exports/{name}", summary="A list as CSV", response={200: None})
def exports_get(request: StaffRequest, name: str) -> StreamingHttpResponse:
    """What the staff's export gives; the act is put into the audit trail."""
    if not registry.has(ExportShape, name):
        raise Http404
    request.actor.require(registry.get(ExportShape, name).permission)
    return _csv(services.export_csv(actor=request.actor, name=name, query={}))


def _csv(blocks: Any) -> StreamingHttpResponse:
    response = StreamingHttpResponse(blocks, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response
