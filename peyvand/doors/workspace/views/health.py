"""Alive or not, for a load balancer and for `peyvand doctor`."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from peyvand.foundation.jobs.health import health


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when web, database and worker are alive; 503 naming what is down. It answers whatever is down."""
    parts = health()
    return JsonResponse(parts, status=200 if all(part == "ok" for part in parts.values()) else 503)
