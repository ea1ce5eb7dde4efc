"""Where providers report: one address for each account, which only the provider knows."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from peyvand.channels.outreach.declarations import HookRequest, Inbound
from peyvand.foundation.registry.registry import registry

_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")


@csrf_exempt  # no cookie here says who somebody is
@require_http_methods(["GET", "POST"])
def take(request: HttpRequest, name: str, token: str, what: str = "") -> HttpResponse:
    """Hand it to the channel's room; an unknown name or token is a plain 404, whatever was sent with it."""
    if not registry.has(Inbound, name) or not _TOKEN.fullmatch(token):
        return HttpResponse(status=404)
    asked = HookRequest(
        token=token, what=what, method=str(request.method), query=request.GET.dict(),
        form=request.POST.dict() if request.method == "POST" and "form" in (request.content_type or "") else {},
        body=request.body if "form" not in (request.content_type or "") else b"",
        headers={key.lower(): value for key, value in request.headers.items()}, files=dict(request.FILES.items()),
    )  # fmt: skip
    answer = registry.get(Inbound, name).receive(asked)
    return HttpResponse(answer.body, status=answer.status, content_type=answer.content_type)
