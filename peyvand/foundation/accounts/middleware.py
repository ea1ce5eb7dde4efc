"""Puts on each request who acts, in which business and language."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from peyvand.foundation.accounts.actors import actor_of, nobody
from peyvand.foundation.accounts.models import User


class ActorMiddleware:
    """Sets `request.actor`; its rights are read from the database at each request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        demo = bool(request.session.get("demo"))
        request.actor = actor_of(user, demo=demo) if isinstance(user, User) else nobody()  # type: ignore[attr-defined]
        return self.get_response(request)
