"""What an address may ask: parameters that its route has. One that is overlooked would give all instead of a few."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from peyvand.doors.api.mounting import api
from peyvand.doors.api.problems import problem

PREFIX = "/api/v1/"
FREE = "x-free"  # of an operation: prefixes of further parameters, "" for all


@lru_cache(maxsize=1)
def known() -> dict[tuple[str, str], tuple[frozenset[str], tuple[str, ...]]]:
    """The parameters of each route and method, and the prefixes of those that it takes besides."""
    found: dict[tuple[str, str], tuple[frozenset[str], tuple[str, ...]]] = {}
    paths: dict[str, Any] = api.get_openapi_schema(path_prefix=PREFIX)["paths"]
    for path, operations in paths.items():
        for method, operation in operations.items():
            names = frozenset(one["name"] for one in operation["parameters"] if one["in"] == "query")
            found[path, method.upper()] = (names, tuple(operation.get(FREE, ())))
    return found


def unknown_parameters(request: HttpRequest) -> HttpResponse | None:
    """A refusal where the address has parameters that its route does not."""
    if not request.GET or request.resolver_match is None:
        return None
    path = "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", request.resolver_match.route)
    names, free = known().get((path, request.method or ""), (None, ()))
    if names is None:
        return None
    wrong = [one for one in request.GET if one not in names and not one.startswith(free)]
    text = _("There is no such parameter.")
    return problem(422, errors=[{"field": one[:200], "detail": text} for one in wrong[:20]]) if wrong else None
