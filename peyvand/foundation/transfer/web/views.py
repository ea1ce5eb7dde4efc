"""The screens of an import: the file, its columns, the check, the work and its end; and the download of an export."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.changes.models import ChangeSet
from peyvand.foundation.changes.queries import kept_by
from peyvand.foundation.changes.services import AlreadyUndoneError, UndoFailedError
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.money.currencies import CURRENCIES
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.registry import UnknownNameError
from peyvand.foundation.transfer import files, remembering, services
from peyvand.foundation.transfer.models import Import
from peyvand.foundation.transfer.queries import exports_for, import_get, shape_of, shapes_for
from peyvand.foundation.transfer.reading import ENCODINGS, ReadError, Wish
from peyvand.foundation.transfer.web import cards
from peyvand.foundation.transfer.web.export_views import download
from peyvand.foundation.ui.formats import number
from peyvand.foundation.ui.toasts import toast

State = Import.State
UNDER_WAY = services.UNDER_WAY
LISTED = 30


@dataclass(frozen=True)
class RunView:
    """An import as the progress piece of the kit shows it."""

    id: int
    title: str
    state: str
    done: int
    total: int
    message: str
    error: str
    progress_url: str
    page_url: str
    stop_url: str


def _steps() -> list[str]:
    return [gettext("File"), gettext("Columns"), gettext("Check"), gettext("Import")]


def _actor(request: StaffRequest) -> Actor:
    """Imports go to one's own business, also while one looks at the sample."""
    actor = request.actor.looking_at(demo=False)
    actor.require("transfer.import")
    return actor


def _one(request: StaffRequest, import_id: int) -> Import:
    try:
        return services.settle(import_get(actor=_actor(request), import_id=import_id))
    except Import.DoesNotExist as error:
        raise Http404 from error


def _run_view(one: Import) -> RunView:
    by_run = one.state in (State.CHECKING, State.UNDOING)
    known = Run.objects.filter(pk=one.run_id).first() if by_run and one.run_id is not None else None
    states = {
        State.CHECKING: "running", State.RUNNING: "running", State.UNDOING: "running", State.DONE: "done",
        State.CANCELLED: "cancelled",
    }  # fmt: skip
    messages = {State.CHECKING: gettext("Checking every line"), State.UNDOING: gettext("Taking it back")}
    return RunView(
        id=one.pk,
        title=one.file_name,
        state=states.get(State(one.state), "failed"),
        done=(known.done or 0 if known else 0) if by_run else one.position,
        total=(known.total or 0 if known else 0) if by_run else max(one.lines, one.position),
        message=messages.get(State(one.state), ""),
        error=one.error,
        progress_url=reverse("transfer:status", args=[one.pk]),
        page_url=reverse("transfer:import", args=[one.pk]),
        stop_url=reverse("transfer:stop", args=[one.pk]) if one.run_id else "",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: StaffRequest) -> HttpResponse:
    """Give a file; past and running imports."""
    actor = _actor(request)
    error = ""
    if request.method == "POST":
        upload = request.FILES.get("file")
        shape = request.POST.get("shape", "")
        if upload is None or upload.file is None:
            error = gettext("Choose a file first.")
        else:
            try:
                said = {name: request.POST[name] for name in request.POST if name not in ("shape", "file")}
                one = services.import_begin(
                    actor=actor, name=upload.name or "", stream=upload.file, shape=shape, said=said
                )
                return redirect("transfer:columns", one.pk)
            except (ReadError, services.MappingError) as refused:
                error = str(refused)
            except UnknownNameError as unknown:
                raise Http404 from unknown
    found = list(Import.objects.visible_to(actor).order_by("-id")[:LISTED])
    return render(
        request,
        "transfer/imports.html",
        {
            "steps": _steps(),
            "shapes": shapes_for(actor),
            "exports": exports_for(actor),
            "running": [_run_view(one) for one in found if one.state in UNDER_WAY],
            "past": [(one, services.may_undo(one)) for one in found if one.state not in UNDER_WAY],
            "error": error,
            "said": _said_of_files(request, actor),
        },
        status=422 if error else 200,
    )


def _said_of_files(request: StaffRequest, actor: Actor) -> dict[str, str]:
    """What the address says of the file to come, as a page that sends one here does."""
    asks = {ask.name for shape in shapes_for(actor) for ask in shape.asks}
    return {name: request.GET[name] for name in sorted(asks) if request.GET.get(name)}


@require_safe
def one_import(request: StaffRequest, import_id: int) -> HttpResponse:
    """The page that fits an import's state."""
    one = _one(request, import_id)
    if one.state == State.MAPPING:
        return redirect("transfer:columns", one.pk)
    if one.state in (State.CHECKING, State.CHECKED):
        return redirect("transfer:check", one.pk)
    counted = one.counts or {}
    return render(
        request,
        "transfer/finished.html",
        {
            "steps": _steps(),
            "one": one,
            "shape": shape_of(one.shape),
            "run": _run_view(one),
            "alive": one.state in UNDER_WAY,
            "counts": cards.counts(counted),
            "reasons": cards.reasons(counted),
            "notes": cards.reasons(counted, "notes"),
            "totals": cards.totals(one.totals),
            "may_undo": services.may_undo(one),
            "may_go_on": one.state in (State.FAILED, State.CANCELLED) and files.is_there(one),
            "skipped": sum(counted.get("skipped", {}).values()) if files.is_there(one) else 0,
            **_kept(_actor(request), one),
        },
    )


def _kept(actor: Actor, one: Import) -> dict[str, Any]:
    """What the undo of an import brought back and what it left, with the reasons."""
    if one.state != State.UNDONE or one.undo_id is None:
        return {}
    undo = ChangeSet.objects.filter(pk=one.undo_id).first()
    outcome = (undo.outcome if undo is not None else None) or {}
    return {
        "undone": outcome.get("undone", 0),
        "kept": outcome.get("kept", 0),
        "kept_rows": kept_by(actor, undo),
    }


KNOWN = {"existing": ("update", "skip"), "missing": ("create", "skip")}


def _posted(request: StaffRequest, one: Import) -> tuple[dict[str, int], dict[str, Any]]:
    """The mapping and the answers of the columns' form. Of two columns mapped to one field the first stands."""
    mapping: dict[str, int] = {}
    for place in range(len(one.sniffed["columns"])):
        name = request.POST.get(f"column-{place}", "")
        if name and name not in mapping:
            mapping[name] = place
    options: dict[str, Any] = {}
    if (currency := request.POST.get("currency", "")) in CURRENCIES:
        options["currency"] = currency
    if (tz := request.POST.get("tz", "")) in available_timezones():
        options["tz"] = ZoneInfo(tz).key
    if (order := request.POST.get("day_first", "")) in ("1", "0"):
        options["day_first"] = order == "1"
    for name, allowed in KNOWN.items():
        if request.POST.get(name, "") in allowed:
            options[name] = request.POST[name]
    if "existing" in request.POST:
        options["clear"] = "clear" in request.POST
        options["key"] = request.POST.get("key", "") if request.POST.get("key", "") in mapping else ""
    said = {name.removeprefix("ask-"): request.POST[name] for name in request.POST if name.startswith("ask-")}
    options |= services.answers(actor=_actor(request), shape=one.shape, said=said)
    return mapping, options


@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: StaffRequest, import_id: int) -> HttpResponse:
    """Which column goes where. A POST keeps the answers; with "next" it goes on to the check."""
    one, actor = _one(request, import_id), _actor(request)
    if one.state in (*UNDER_WAY, State.DONE, State.UNDONE):
        return redirect("transfer:import", one.pk)
    error = ""
    if request.method == "POST":
        mapping, options = _posted(request, one)
        try:
            settled = "remember" in request.POST and "next" in request.POST
            one = services.import_map(actor=actor, import_id=one.pk, mapping=mapping, options=options, remember=settled)
            if "keep" in request.POST:
                name, shared = request.POST.get("template_name", ""), "template_shared" in request.POST
                kept = remembering.template_save(actor=actor, one=one, name=name, shared=shared)
                toast(request, gettext("The template “%(name)s” is kept.") % {"name": kept.name})
                return redirect("transfer:columns", one.pk)
            if "next" in request.POST:
                services.import_dry_run(actor=actor, import_id=one.pk)
                return redirect("transfer:check", one.pk)
        except services.MappingError as refused:
            error = str(refused)
    open_questions = services.questions(one)
    first: list[cards.Card] = []
    try:
        first = cards.cards(one, actor, complete=not open_questions)
    except ReadError as gone:
        error = error or str(gone)
    shape = shape_of(one.shape, actor)
    lines = cards.column_lines(one)
    by_name = {column.name: str(column.label) for column in shape.columns}
    context = {
        "steps": _steps(),
        "one": one,
        "shape": shape,
        "shapes": shapes_for(actor),
        "lines": lines,
        "templates": remembering.templates(actor=actor, shape=one.shape),
        "known": sum(1 for line in lines if line.chosen),
        "columns": shape.columns,
        "written": cards.written(one),
        "asks_currency": "currency" in shape.options,
        "asks_tz": "tz" in shape.options,
        "asks_known": "known" in shape.options,
        "keys": [column for column in shape.columns if column.may_be_key and column.name in one.mapping],
        "asks": [
            (ask, one.options.get(ask.name, ""), ask.known(actor)) for ask in shape.asks if actor.may(ask.permission)
        ],
        "currencies": [(code, str(currency.name)) for code, currency in CURRENCIES.items()],
        "zones": sorted(available_timezones()),
        "questions": open_questions,
        "missing": [by_name[name.removeprefix("column:")] for name in open_questions if name.startswith("column:")],
        "cards": first,
        "error": error,
        "remember": True,
    }
    partial = request.headers.get("HX-Request") == "true"
    return render(
        request, "transfer/parts/preview.html" if partial else "transfer/columns.html", {**context, "partial": partial},
        status=422 if error else 200,
    )  # fmt: skip


def _wish(request: StaffRequest) -> Wish | None:
    """What the form says of how the file is written; None where it does not ask."""
    posted = request.POST
    if not {"sheet", "encoding", "delimiter", "header"} & set(posted):
        return None
    encoding, delimiter, header = (posted.get(name, "") for name in ("encoding", "delimiter", "header"))
    delimiter = "\t" if delimiter == "tab" else delimiter
    return Wish(
        encoding=encoding if encoding in ENCODINGS else "",
        delimiter=delimiter if len(delimiter) == 1 and delimiter not in '"\r\n\x00' else "",
        header=header == "1" if header in ("0", "1") else None,
        sheet=posted.get("sheet", ""),
    )


@require_POST
def reshape(request: StaffRequest, import_id: int) -> HttpResponse:
    """Read the file as another kind, or as written otherwise."""
    one = _one(request, import_id)
    shape = request.POST.get("shape", "")
    try:
        services.import_reshape(actor=_actor(request), import_id=one.pk, shape=shape, wish=_wish(request))
    except (ReadError, services.StateError) as refused:
        toast(request, str(refused), level="bad")
    except UnknownNameError as unknown:
        raise Http404 from unknown
    return redirect("transfer:columns", one.pk)


@require_safe
def check(request: StaffRequest, import_id: int) -> HttpResponse:
    """What the dry run found, and the button that brings the file in."""
    one = _one(request, import_id)
    if one.state == State.MAPPING:
        if one.error:
            toast(request, one.error, level="bad")
        return redirect("transfer:columns", one.pk)
    if one.state not in (State.CHECKING, State.CHECKED):
        return redirect("transfer:import", one.pk)
    return render(
        request,
        "transfer/check.html",
        {
            "steps": _steps(),
            "one": one,
            "shape": shape_of(one.shape),
            "run": _run_view(one),
            "alive": one.state == State.CHECKING,
            "counts": cards.counts(one.dry),
            "reasons": cards.reasons(one.dry),
            "notes": cards.reasons(one.dry, "notes"),
            "totals": cards.totals(one.dry.get("totals", {})),
        },
    )


@require_safe
def status(request: StaffRequest, import_id: int) -> HttpResponse:
    """The progress piece, asked for each second; once the work has ended the page is loaded again."""
    one = _one(request, import_id)
    response = render(request, "transfer/parts/status.html", {"run": _run_view(one)})
    if one.state not in UNDER_WAY:
        response["HX-Refresh"] = "true"
    return response


@require_POST
def run(request: StaffRequest, import_id: int) -> HttpResponse:
    """Bring it in, or go on."""
    one = _one(request, import_id)
    try:
        services.import_run(actor=_actor(request), import_id=one.pk)
    except (services.MappingError, services.StateError) as refused:
        toast(request, str(refused), level="bad")
    return redirect("transfer:import", one.pk)


@require_POST
def stop(request: StaffRequest, import_id: int) -> HttpResponse:
    """Stop between two batches; what is in stays and can be taken back."""
    one = _one(request, import_id)
    services.import_stop(actor=_actor(request), import_id=one.pk)
    return redirect("transfer:import", one.pk)


@require_POST
def undo(request: StaffRequest, import_id: int) -> HttpResponse:
    """Take the whole import back: a small one now, a large one as long work that its page shows."""
    one = _one(request, import_id)
    try:
        one = services.import_undo_start(actor=_actor(request), import_id=one.pk)
    except services.StateError as refused:
        toast(request, str(refused), level="info")
    except (AlreadyUndoneError, UndoFailedError):
        toast(request, gettext("This could not be taken back; nothing was changed."), level="bad")
    else:
        found = _kept(_actor(request), one)
        values = {name: number(found.get(name, 0)) for name in ("undone", "kept")}
        if found.get("kept"):
            toast(request, gettext("%(undone)s restored; %(kept)s were edited since and were kept.") % values)
        elif one.state == State.UNDONE:
            toast(request, gettext("%(undone)s rows taken back.") % values)
    if request.headers.get("X-Requested-With") == "fetch":
        return HttpResponse(status=204)
    return redirect("transfer:import", one.pk)


@require_safe
def problems(request: StaffRequest, import_id: int) -> HttpResponseBase:
    """The lines that were left out, with the reason."""
    one = _one(request, import_id)
    stem = one.file_name.removesuffix(".gz").rsplit(".", 1)[0]
    try:
        return download(services.problems_csv(actor=_actor(request), import_id=one.pk), f"{stem}-problems.csv")
    except ReadError as gone:
        toast(request, str(gone), level="info")
        return redirect("transfer:import", one.pk)
