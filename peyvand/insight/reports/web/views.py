"""Reports for staff: the list, the builder, a figure by itself, the people behind a number, files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.transfer.exporting import file_stem
from peyvand.foundation.ui.lists import BadCursorError, paginate
from peyvand.foundation.ui.pieces import Empty
from peyvand.foundation.ui.toasts import toast
from peyvand.insight.reports import access, catalogue, queries, services
from peyvand.insight.reports.errors import RefusedError
from peyvand.insight.reports.models import Report
from peyvand.insight.reports.questions import Question, from_plain, from_query
from peyvand.insight.reports.rows import Opened, RowKind, opened
from peyvand.insight.reports.shipped import SHIPPED
from peyvand.insight.reports.web import building, files, showing, titles
from peyvand.memory.customers.models import Customer

LARGEST_ID = 2**63 - 1
LONG_WAIT = 20.0  # seconds that a file waits for its figures
ORDER = ("sort_key", "id")


def report_of(actor: Actor, report_id: int) -> Report:
    """A report that one may open; 404 otherwise."""
    actor.require(access.VIEW)
    found: Report | None = Report.objects.visible_to(actor).filter(pk=min(report_id, LARGEST_ID)).first()
    if found is None:
        raise Http404
    return found


@require_safe
def home(request: StaffRequest) -> HttpResponse:
    """Reports and dashboards."""
    actor = request.actor
    archived = "archived" in request.GET
    context = {
        "reports": list(queries.reports(actor=actor, archived=archived)[:500]),
        "dashboards": list(queries.dashboards(actor=actor, archived=archived)[:500]),
        "shipped": () if archived else SHIPPED,
        "archived": archived,
        "may_edit": actor.may(access.EDIT),
        "may_share": actor.may(access.SHARE),
        "me": actor.user_id,
        "starts": () if archived else building.starts(actor),
    }
    return render(request, "reports/home.html", context)


@require_safe
def build(request: StaffRequest) -> HttpResponse:
    """The builder: the address holds the question."""
    request.actor.require(access.VIEW)
    return _builder(request, from_query(request.GET), None)


@require_safe
def one(request: StaffRequest, report_id: int) -> HttpResponse:
    """A report that is kept, in the builder; what the address asks for stands before what is kept."""
    report = report_of(request.actor, report_id)
    question = from_query(request.GET) if request.GET.get("fact") else from_plain(report.question)
    return _builder(request, question, report)


def _builder(request: StaffRequest, question: Question, report: Report | None) -> HttpResponse:
    actor = request.actor
    made = building.form(actor, question, added=request.GET.get("add", ""))
    if made is None:
        empty = Empty(
            icon="report-analytics", title=gettext("There is nothing to report on yet"),
            text=gettext("Reports need the right to see orders, customers or contacts. Ask who manages roles here."),
        )  # fmt: skip
        return render(request, "reports/nothing.html", {"empty": empty})
    title = report.name if report else ""
    got = queries.answer(actor=actor, question=made.question, kept=report is not None and not request.GET.get("fact"))
    shown = showing.figure(actor, got, made.question, title=title)
    context: dict[str, Any] = {
        "form": made,
        "figure": shown,
        "question": made.question,
        "report": report,
        "here": request.path,
        "may_edit": actor.may(access.EDIT),
        "may_share": actor.may(access.SHARE),
        "may_export": actor.may(access.EXPORT),
        "forms": list(files.FORMS),
        "may_change": report is not None and services.may_change(actor, report),
        "dashboards": [one for one in queries.dashboards(actor=actor)[:200] if services.may_change(actor, one)]
        if actor.may(access.EDIT)
        else [],
        "name": report.name if report else shown.title,
        "query": made.question.query(),
    }
    return render(request, "reports/build.html", context)


@require_safe
def groups(request: StaffRequest) -> HttpResponse:
    """The piece of the builder that has audiences and snapshots of a name."""
    actor = request.actor
    actor.require(access.VIEW)
    about = catalogue.subject(actor, request.GET.get("fact", ""))
    text, rows = request.GET.get("group", "").replace("\x00", "")[:100], request.GET.get("rows", "")
    found = building.groups(actor, about, text, int(rows) if rows in ("0", "1", "2") else 0) if about else None
    return render(request, "reports/groups.html", {"groups": found})


@require_safe
def figure_piece(request: StaffRequest) -> HttpResponse:
    """One figure, for a page that fills piece by piece."""
    request.actor.require(access.VIEW)
    question = from_query(request.GET)
    got = queries.answer(actor=request.actor, question=question)
    name = request.GET.get("name", "")
    shown = showing.figure(
        request.actor, got, question, name=name if name.replace("-", "").isalnum() else "report",
        title=request.GET.get("title", "")[:120],
    )  # fmt: skip
    return render(
        request, "reports/piece.html", {"figure": shown, "open": name == "report", "linked": name != "report"}
    )


class Tab(NamedTuple):
    """One of the lists behind a number."""

    label: str
    url: str
    current: bool


@require_safe
def people(request: StaffRequest) -> HttpResponse:
    """The customers behind a mark or a cell, those whom one may see; with "rows" in the address the records."""
    actor = request.actor
    actor.require(access.VIEW)
    question = from_query(request.GET)
    cell = [_cell(text) for text in request.GET.getlist("x")]
    cell = (cell + ["*"] * len(question.dimensions))[: len(question.dimensions)]
    try:
        found = queries.behind(actor=actor, question=question, cell=cell, rows="rows" in request.GET)
    except RefusedError as error:
        found = queries.Behind(queries.Got(asked=None, refused=str(error)), Customer.objects.none())
    order = tuple(found.kind.records.newest) if found.kind else ORDER
    try:
        page = paginate(
            found.found, order=order, cursor=request.GET.get("cursor"), backwards="back" in request.GET, size=50
        )
    except BadCursorError:
        page = paginate(found.found, order=order, size=50)
    query = request.GET.copy()
    for name in ("cursor", "back"):
        query.pop(name, None)
    context = {
        "page": page,
        "page_url": f"{request.path}?{query.urlencode()}",
        "refused": found.got.refused,
        "waiting": found.got.waiting,
        "fresh": found.got.fresh_until,
        "total": found.found.count(),
        "hidden": found.hidden,
        "nameless": found.nameless,
        "more": found.more,
        "back_url": f"{reverse('reports:build')}?{question.query()}",
        "title": _people_title(actor, found, question, cell),
        "bulk": False,
        "kind": found.kind.records if found.kind else None,
        "records": _records(actor, found.kind, page.rows) if found.kind else (),
        "tabs": _tabs(query, found),
    }
    return render(request, "reports/people.html", context)


def _records(actor: Actor, kind: RowKind, rows: Sequence[Any]) -> list[Opened]:
    told = kind.records.told(actor, rows)
    seen = Customer.objects.visible_to(actor).in_bulk([one.person for one in told if one.person])
    return [opened(one, people=seen) for one in told]


def _tabs(query: QueryDict, found: queries.Behind) -> list[Tab]:
    if found.offered is None:
        return []
    query = query.copy()
    query.pop("rows", None)
    people_url = f"?{query.urlencode()}"
    return [
        Tab(gettext("Customers"), people_url, found.kind is None),
        Tab(str(found.offered.records.label), f"{people_url}&rows=1", found.kind is not None),
    ]


def _cell(text: str) -> Any:
    if text == "*":
        return "*"
    return None if text == "~" else text.removeprefix("=")[:300].replace("\x00", "")


def _people_title(actor: Actor, found: queries.Behind, question: Question, cell: list[Any]) -> str:
    if found.got.asked is None:
        return gettext("Behind the number")
    return titles.cell_title(actor, found.got.asked, cell)


@require_safe
def file(request: StaffRequest) -> HttpResponse:
    """The figures as a file: CSV, XLSX or PDF."""
    actor = request.actor
    actor.require(access.VIEW)
    actor.require(access.EXPORT)
    question = from_query(request.GET)
    got = queries.answer(actor=actor, question=question, wait=LONG_WAIT)
    shown = showing.figure(actor, got, question, title=request.GET.get("title", "")[:120], drill=False)
    form = request.GET.get("form", "csv")
    if shown.waiting or shown.refused or form not in files.FORMS:
        words = shown.refused or gettext("The figures are still being computed. Try again in a moment.")
        toast(request, words, level="bad")
        return redirect(f"{reverse('reports:build')}?{question.query()}")
    body = files.made(actor, [shown], form, title=shown.title)
    response = HttpResponse(body, content_type=files.FORMS[form])
    quoted = urlencode({"": f"{file_stem(shown.title)}.{form}"})[1:].replace("+", "%20")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quoted}"
    return response


@require_POST
def save(request: StaffRequest) -> HttpResponse:
    """Keep the question of the builder under a name."""
    actor = request.actor
    actor.require(access.EDIT)
    query = request.POST.get("query", "")
    report_id = request.POST.get("report", "")
    report = report_of(actor, int(report_id)) if report_id.isdecimal() else None
    try:
        made, done = services.report_save(
            actor=actor, name=request.POST.get("name", ""), question=from_query(QueryDict(query)),
            shared=request.POST.get("shared") == "1", report=report,
        )  # fmt: skip
    except RefusedError as error:
        toast(request, str(error), level="bad")
        return redirect(f"{reverse('reports:build')}?{query}")
    toast(request, gettext("The report is kept."), undo_url=reverse("changes:undo", args=[done]))
    return redirect("reports:one", made.pk)


@require_POST
def copy(request: StaffRequest, report_id: int) -> HttpResponse:
    """One's own copy."""
    request.actor.require(access.EDIT)
    made, done = services.report_copy(actor=request.actor, report=report_of(request.actor, report_id))
    toast(request, gettext("Copied."), undo_url=reverse("changes:undo", args=[done]))
    return redirect("reports:one", made.pk)


@require_POST
def archive(request: StaffRequest, report_id: int) -> HttpResponse:
    """Put it away, or bring it back."""
    request.actor.require(access.EDIT)
    away = request.POST.get("back") != "1"
    done = services.archive(actor=request.actor, kept=report_of(request.actor, report_id), archived=away)
    words = gettext("The report is archived.") if away else gettext("The report is back.")
    toast(request, words, undo_url=reverse("changes:undo", args=[done]))
    return redirect("reports:home")
