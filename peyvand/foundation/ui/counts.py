"""The exact number of a list's rows, brought when somebody presses «more than 10,000»."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from peyvand.foundation.ui.lists import exact_count


def exact_count_shown(request: HttpRequest, found: QuerySet[Any, Any]) -> HttpResponse:
    """The piece that takes the place of the capped number; the view has found the rows by right."""
    total = exact_count(found)
    return render(request, "ui/parts/count.html", {"total": total, "counted": True, "too_slow": total is None})
