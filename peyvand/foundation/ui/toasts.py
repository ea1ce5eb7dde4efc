"""A short word after a verb, with the way back: «۳ مشتری به آرش واگذار شد. برگرداندن»."""

from __future__ import annotations

import json
from typing import Literal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

Level = Literal["good", "info", "bad"]
LEVELS: dict[Level, int] = {"good": messages.SUCCESS, "info": messages.INFO, "bad": messages.ERROR}


def toast(request: HttpRequest, text: str, *, undo_url: str = "", level: Level = "good") -> None:
    """Show a toast on the next full page. `undo_url` is posted to by «برگرداندن» and by Ctrl Z."""
    messages.add_message(request, LEVELS[level], text, extra_tags=undo_url)


def with_toast(response: HttpResponse, text: str, *, undo_url: str = "", level: Level = "good") -> HttpResponse:
    """The same response to an htmx request, which shows a toast on arrival without a new page."""
    events = json.loads(response.headers.get("HX-Trigger", "{}"))
    events["pv-toast"] = {"text": text, "undo": undo_url, "level": level}
    response.headers["HX-Trigger"] = json.dumps(events)
    return response
