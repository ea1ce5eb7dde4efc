"""The download of an export, and the file of a long one."""

from __future__ import annotations

from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

from django.http import FileResponse, Http404, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.registry.declarations import ExportShape
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.transfer import services
from peyvand.foundation.transfer.exporting import file_stem
from peyvand.foundation.ui.toasts import toast

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def download(chunks: Any, name: str) -> StreamingHttpResponse:
    """A CSV as it is read."""
    response = StreamingHttpResponse(chunks, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def export(request: StaffRequest, name: str) -> HttpResponseBase:
    """A list as CSV, or as a workbook with `format` xlsx, by right; the query chooses the rows as on its page.

    A long one is made in the background: a GET says so and asks, a POST begins.
    """
    if not registry.has(ExportShape, name):
        raise Http404
    shape = registry.get(ExportShape, name)
    request.actor.require(shape.permission)
    query = {key: request.GET[key] for key in request.GET if key != "format"}
    form = "xlsx" if request.GET.get("format") == "xlsx" else "csv"
    if request.method == "POST":
        run = services.export_start(actor=request.actor, name=name, query=query, form=form)
        return redirect("jobs:run", run.pk)
    found = services.export_short(actor=request.actor, name=name, query=query, form=form)
    if found is None:
        context = {"shape": shape, "address": request.get_full_path(), "excel": form == "xlsx"}
        return render(request, "transfer/export_long.html", context)
    stem = file_stem(str(shape.label))
    if not isinstance(found, Path):
        return download(found, f"{stem}.csv")
    file = found.open("rb")
    found.unlink()  # the open file lives until it is read
    return _file(file, f"{stem}.xlsx", XLSX)


@require_safe
def export_file(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The file of a long export, for who asked for it."""
    try:
        made = services.export_file(actor=request.actor, run_id=pk)
    except Run.DoesNotExist:
        raise Http404 from None
    if made is None:
        toast(request, gettext("The file is gone; it waits for two days. Ask for the list again."), level="info")
        return redirect("jobs:runs")
    kind = XLSX if made.name.endswith(".xlsx") else "text/csv; charset=utf-8"
    return _file(made.path.open("rb"), made.name, kind)


def _file(file: IO[bytes], name: str, kind: str) -> FileResponse:
    response = FileResponse(file, as_attachment=True, filename=name, content_type=kind)
    response["X-Content-Type-Options"] = "nosniff"
    return response
