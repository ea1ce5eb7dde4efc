"""What the middleware adds to a request, for those who read it."""

from __future__ import annotations

from django.http import HttpRequest

from peyvand.foundation.registry.actor import Actor


class StaffRequest(HttpRequest):
    """A request after ActorMiddleware."""

    actor: Actor
