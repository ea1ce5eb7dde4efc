"""REST routes of reports; doors.api mounts them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from ninja import Router, Schema
from ninja.errors import HttpError
from pydantic import Field

from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.rest import Given, Id, example
from peyvand.insight.reports import access, queries
from peyvand.insight.reports.models import Report
from peyvand.insight.reports.questions import Question, from_plain
from peyvand.insight.reports.web import files, showing

router = Router(tags=["insight"])
WAIT = 20.0  # seconds


class ReportOut(Schema):
    """A report that is kept. `question` is what the route for questions takes."""

    id: int
    name: str
    shared: bool
    question: dict[str, Any]
    created_at: datetime


Path = Annotated[str, Field(max_length=300)]


class QuestionIn(Given):
    """A question over one fact of the warehouse, as a report keeps it: see the documentation of reports. A condition is
    the path of a field, how (is, not, more, less, filled, empty), and the value.
    """

    model_config = example(
        {"fact": "orders", "measures": ["orders.revenue"], "rows": ["placed_at:month"], "across": "channel",
         "conditions": [["customer_id.city", "is", "Tehran"]], "period": "days", "days": 365, "compare": "year"}
    )  # fmt: skip

    fact: str = Field(max_length=60)
    measures: list[Path] = Field(default=[], max_length=4)
    rows: list[Path] = Field(default=[], max_length=2)
    across: Path = ""
    conditions: list[Annotated[list[Path], Field(min_length=3, max_length=3)]] = Field(default=[], max_length=8)
    period: str = Field("all", max_length=20)
    start: str = Field("", max_length=20)
    end: str = Field("", max_length=20)
    days: int = Field(30, ge=1, le=3660)
    at: Path = ""
    compare: str = Field("", max_length=10)
    order: str = Field("value", max_length=10)
    top: int = Field(0, ge=0, le=100)
    chart: str = Field("auto", max_length=10)
    currency: str = Field("", max_length=3)
    share: bool = False


class ReportAnswerOut(Schema):
    """What a question gave for you. Without `ready` it is still being computed: ask again. `refused` says in a sentence
    why there is none. A row has a value for each of `dimensions` (days are ISO, the first of their period; "__others__"
    for what was put together), then a number for each of `measures`; `before` is the whole of the other period.
    Amounts named in minor units are integers of `currency`; exact decimals are texts. Times to the first answer are
    numbers of minutes, time in contact of seconds.
    """

    ready: bool
    refused: str
    dimensions: list[str]
    measures: list[str]
    currency: str
    currencies: list[str]
    rows: list[list[Any]]
    total: list[Any]
    before: list[Any] | None
    fresh_until: datetime | None
    start: str | None
    end: str | None


def _report(actor: Actor, report_id: int) -> Report:
    actor.require(access.VIEW)
    found: Report | None = Report.objects.visible_to(actor).filter(pk=report_id).first()
    if found is None:
        raise HttpError(404, gettext("There is no such report."))
    return found


def _answered(actor: Actor, question: Question) -> dict[str, Any]:
    got = queries.answer(actor=actor, question=question, wait=WAIT)
    payload = got.payload or {}
    asked = got.asked.question if got.asked else question
    before = payload.get("before")
    return {
        "ready": got.payload is not None, "refused": got.refused, "dimensions": list(asked.dimensions),
        "measures": list(asked.measures), "currency": payload.get("currency", ""),
        "currencies": payload.get("currencies", []), "rows": payload.get("rows", []),
        "total": payload.get("total", []), "before": before["total"] if before else None,
        "fresh_until": got.fresh_until, "start": got.span.start.isoformat() if got.span else None,
        "end": got.span.end.isoformat() if got.span else None,
    }  # fmt: skip


@router.get("/reports", response=list[ReportOut], summary="Reports that are kept")
def reports(request: HttpRequest) -> list[Report]:
    """Your own and those that are shared, by name; at most 500."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return list(queries.reports(actor=actor)[:500])


@router.get("/reports/{report_id}/answer", response=ReportAnswerOut, summary="The figures of a report")
def report_answer(request: HttpRequest, report_id: Id) -> dict[str, Any]:
    """As of the newest load of the warehouse, by your own rights."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return _answered(actor, from_plain(_report(actor, report_id).question))


@router.get("/reports/{report_id}/file", summary="The figures of a report as a file")
def report_file(request: HttpRequest, report_id: Id, form: str = "csv") -> HttpResponse:
    """`form` is csv, xlsx or pdf; 409 while the figures are being computed or where there are none."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    report = _report(actor, report_id)
    actor.require(access.EXPORT)
    if form not in files.FORMS:
        raise HttpError(422, gettext("Choose csv, xlsx or pdf."))
    question = from_plain(report.question)
    shown = showing.figure(
        actor, queries.answer(actor=actor, question=question, wait=WAIT), question, title=report.name, drill=False
    )
    if shown.waiting or shown.refused:
        raise HttpError(409, shown.refused or gettext("The figures are still being computed. Try again in a moment."))
    return HttpResponse(files.made(actor, [shown], form, title=report.name), content_type=files.FORMS[form])


@router.post("/reports/answer", response=ReportAnswerOut, summary="Ask a question without keeping it")
def question_answer(request: HttpRequest, data: QuestionIn) -> dict[str, Any]:
    """The same as a kept report gives."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.require(access.VIEW)
    return _answered(actor, from_plain(data.dict()))
