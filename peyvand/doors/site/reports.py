"""A report that somebody here shared by a link: read only, in a frame of the sites that were named."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse
from django.utils.translation import override
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from peyvand.doors.site.views import missing, page
from peyvand.foundation.ui.reader import Reader, use_reader
from peyvand.insight.reports.public import shared

_SECRET = re.compile(r"[A-Za-z0-9_-]{20,64}")


@xframe_options_exempt  # what may frame it says the policy below, to every browser there is
@require_safe
def show(request: HttpRequest, secret: str) -> HttpResponse:
    """The figures behind a link; the same "not here" for one that never was and one that ended."""
    found = shared(secret) if _SECRET.fullmatch(secret) else None
    if found is None:
        return missing(request)
    with override(found.language), use_reader(Reader(language=found.language)):
        context = {
            "name": found.name, "figures": found.figures, "waits": any(one.waiting for one in found.figures),
            "drawn": any(one.chart for one in found.figures),
        }  # fmt: skip
        response = page(request, "site/report.html", context, language=found.language, demo=found.demo)
    response._csp_replace = {"frame-ancestors": list(found.sites) or ["'none'"]}  # type: ignore[attr-defined]
    return response
