"""The OpenAPI document, the page that shows it, and the answer to addresses that are not there."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from peyvand.doors.api.mounting import api
from peyvand.doors.api.moving import moves
from peyvand.doors.api.problems import problem

PROBLEM = {
    "type": "object",
    "description": "RFC 9457",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"},
        "detail": {"type": "string"}, "code": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "object", "properties": {
            "field": {"type": "string"}, "detail": {"type": "string"}}}},
    },
}  # fmt: skip
PREFIX = "/api/v1/"
METHODS = ("get", "post", "put", "patch", "delete")
KEY = {
    "name": "Idempotency-Key", "in": "header", "required": False, "schema": {"type": "string", "maxLength": 255},
    "description": "Sent again with the same key, the request is done once and answered the same.",
}  # fmt: skip


MOVED = {
    "description": "They were merged into another: here is their address.",
    "headers": {"Location": {"schema": {"type": "string"}}},
}


def document() -> dict[str, Any]:
    """The OpenAPI document, with what every route has in common."""
    found: dict[str, Any] = dict(api.get_openapi_schema(path_prefix=PREFIX))
    found.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    answer = {
        "description": "Problem",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for path, operations in found["paths"].items():
        for method, operation in operations.items():
            if method not in METHODS:
                continue
            for status in ("400", "401", "403", "404", "409", "413", "422"):
                operation["responses"].setdefault(status, answer)
            if method == "get" and moves(path):
                operation["responses"].setdefault("301", MOVED)
            if method == "post" and not any(one["name"] == KEY["name"] for one in operation.get("parameters", ())):
                operation.setdefault("parameters", []).append(KEY)
    return found


@login_not_required
@cache_control(public=True, max_age=300)
@require_safe
def openapi(request: HttpRequest) -> JsonResponse:
    """The document, for anybody: it tells nothing that the source does not."""
    return JsonResponse(document())


@login_not_required
@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """The same for people, without a script."""
    groups: dict[str, list[dict[str, Any]]] = {}
    found = document()
    for path, operations in found["paths"].items():
        for method, operation in operations.items():
            if method in METHODS:
                row = {**operation, "method": method.upper(), "path": path, "anchor": operation.get("operationId", "")}
                groups.setdefault((operation.get("tags") or ["-"])[0], []).append(row)
    return render(request, "api/reference.html", {"info": found["info"], "groups": groups.items()})


@csrf_exempt
@login_not_required
def nothing(request: HttpRequest) -> HttpResponse:
    """An address of the API that is not there."""
    return problem(404)
