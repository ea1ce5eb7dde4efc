"""Somebody else's HTML in a frame: cleaned, without scripts, cookies or an origin, and under a policy of its own.

The document is sandboxed by its own header too, so that opening its address by itself gains nothing.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence

from django.http import Http404, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from peyvand.channels.conversations import access, queries
from peyvand.channels.conversations.cleaning import cleaned
from peyvand.channels.conversations.models import Entry, EntryFile
from peyvand.channels.conversations.web.views import LARGEST_ID
from peyvand.foundation.accounts.requests import StaffRequest

LARGEST_PICTURE = 2 * 2**20
LARGEST_TOGETHER = 8 * 2**20
_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
_HEAD = (
    '<!doctype html><html dir="auto"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>.</title><style>:root{color-scheme:light}html{background:#fff;color:#111}body{margin:10px;font:14px/1.8 "
    "system-ui,Tahoma,sans-serif;overflow-wrap:anywhere;unicode-bidi:plaintext}img{max-width:100%;height:auto}"
    "table{max-width:100%}pre{white-space:pre-wrap}blockquote{margin-inline:0;padding-inline-start:10px;"
    "border-inline-start:3px solid #ccc}</style></head><body>"
)


@never_cache
@xframe_options_sameorigin
@require_safe
def page(request: StaffRequest, conversation_id: int, said_id: int) -> HttpResponse:
    """What came, as it was designed; with images=1 also with its pictures of the internet."""
    actor = request.actor
    actor.require(access.VIEW)
    try:
        entry, files = queries.page_get(
            actor=actor, conversation_id=min(conversation_id, LARGEST_ID), entry_id=min(said_id, LARGEST_ID)
        )
    except Entry.DoesNotExist:
        raise Http404 from None
    images = request.GET.get("images") == "1"
    response = HttpResponse(f"{_HEAD}{cleaned(entry.html, images, _inline(files))}</body></html>")
    response["Content-Security-Policy"] = (
        "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
        f"img-src data:{' https: http:' if images else ''}; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
    )
    response["Referrer-Policy"] = "no-referrer"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _inline(files: Sequence[EntryFile]) -> dict[str, str]:
    """The pictures that came along, written into the page: a frame without an origin may ask us for nothing."""
    found: dict[str, str] = {}
    together = 0
    for one in files:
        kept = one.file
        if kept.content_type not in _PICTURES or kept.size > LARGEST_PICTURE:
            continue
        together += kept.size
        if together > LARGEST_TOGETHER:
            break
        try:
            content = kept.path.read_bytes()
        except FileNotFoundError:
            continue
        found[one.content_id] = f"data:{kept.content_type};base64,{base64.b64encode(content).decode()}"
    return found
