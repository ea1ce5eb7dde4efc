"""What a stranger sees when something is not there or fails: no word of ours."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from peyvand.doors.site.views import missing


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A page that is not there."""
    return missing(request)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What can't be read."""
    return HttpResponse(status=400)


def server_error(request: HttpRequest) -> HttpResponse:
    """A fault of ours: nothing is asked of the database again."""
    return HttpResponse(status=500)
