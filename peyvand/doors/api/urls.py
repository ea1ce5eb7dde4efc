"""Where the API hangs."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path

from peyvand.doors.api import views
from peyvand.doors.api.guarding import guarded
from peyvand.doors.api.mounting import api

app_name = "api"


def _guarded(pattern: URLPattern) -> URLPattern:
    return URLPattern(pattern.pattern, guarded(pattern.callback), pattern.default_args, pattern.name)


urlpatterns = [
    path("openapi.json", views.openapi, name="openapi"),
    path("", views.reference, name="reference"),
    *(_guarded(pattern) for pattern in api.urls[0] if isinstance(pattern, URLPattern) and pattern.name != "api-root"),
    re_path(r"", guarded(views.nothing)),
]
