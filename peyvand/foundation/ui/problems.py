"""problem+json (RFC 9457): how a program is told that something can't be done. Needs nothing but the program itself."""

from __future__ import annotations

import json
from typing import Any, Final

from django.http import HttpResponse

CONTENT_TYPE: Final = "application/problem+json"
NAMES: Final = {
    400: "unreadable", 401: "no-token", 403: "not-allowed", 404: "not-found", 405: "method", 409: "conflict",
    410: "gone", 413: "too-large", 422: "invalid", 429: "too-many", 500: "fault", 503: "unavailable",
}  # fmt: skip


def problem_json(status: int, title: str, **more: Any) -> HttpResponse:
    """A problem: `type` names its kind for good, `title` is a sentence, `more` whatever else is told of it."""
    content = {"type": f"urn:peyvand:problem:{NAMES.get(status, 'refused')}", "title": title, "status": status, **more}
    body = json.dumps(content, ensure_ascii=False, default=str)
    return HttpResponse(body, status=status, content_type=CONTENT_TYPE)
