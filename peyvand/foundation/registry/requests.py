"""What the middleware of accounts adds to a request, for rooms that stand below accounts."""

from __future__ import annotations

from django.http import HttpRequest

from peyvand.foundation.registry.actor import Actor


class ActorRequest(HttpRequest):
    """A request that knows who acts."""

    actor: Actor
