"""Every staff page's frame: the navigation a person may use, composed from what rooms declare."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from peyvand.doors.workspace.shell import shell_of


class ShellMiddleware:
    """Give each request a shell, made only when a template reads it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.shell = SimpleLazyObject(lambda: shell_of(request))  # type: ignore[attr-defined]
        return self.get_response(request)
