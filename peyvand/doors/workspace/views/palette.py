"""The command palette's answer, as one fragment."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from peyvand.foundation.search.queries import find


@require_GET
def palette(request: HttpRequest) -> HttpResponse:
    """Hits for what has been typed so far; `q` may be empty."""
    text = request.GET.get("q", "")[:200]
    groups = find(actor=request.actor, text=text)  # type: ignore[attr-defined]
    return render(request, "ui/parts/palette_results.html", {"groups": groups, "query": text})
