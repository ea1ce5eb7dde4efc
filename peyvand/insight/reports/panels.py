"""What this room puts on the screens of others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from peyvand.foundation.registry.actor import Actor
from peyvand.insight.audiences.models import Audience
from peyvand.insight.audiences.queries import concealed
from peyvand.insight.reports.catalogue import subject
from peyvand.insight.reports.sides import AUDIENCE


def audience(actor: Actor, found: Audience, _query: Mapping[str, str]) -> Mapping[str, Any] | None:
    """Where to ask what the members of an audience bought, or who they are; None where the reader can't."""
    if found.archived or found.broken or concealed(actor=actor, audience=found):
        return None
    for fact in ("orders", "customers"):
        about = subject(actor, fact)
        if about is not None and about.people:
            before = "" if fact == "customers" else about.people + "."
            question = {"fact": fact, "f": f"{before}{AUDIENCE}-{found.pk}", "o": "is", "v": "1"}
            return {"url": f"{reverse('reports:build')}?{urlencode(question)}"}
    return None
