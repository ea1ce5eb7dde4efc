"""What makes the figures be computed again."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse

from peyvand.events.demo import SampleLoaded, SampleRemoved
from peyvand.events.transfer import TransferFinished, TransferUndone
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.registry.actor import Actor, system_actor
from peyvand.insight.value import services


def after_import(event: TransferFinished | TransferUndone, *, event_id: int, actor: Actor) -> None:
    """New facts came in or went out. One waiting computation serves any number of imports, so this may run again."""
    services.refresh_ask(actor=system_actor(demo=event.demo))


def after_sample(event: SampleLoaded | SampleRemoved, *, event_id: int, actor: Actor) -> None:
    """The sample business came or went."""
    services.refresh_ask(actor=system_actor(demo=True))


def nightly() -> None:
    """Once a night, so that a silence is counted from today's last fact."""
    services.refresh_ask(actor=system_actor())


def result_url(run: Run) -> str:
    """The dashboard of the day that was computed."""
    day = (run.result or {}).get("as_of")
    return f"{reverse('value:dashboard')}?as_of={day}" if day else reverse("value:dashboard")


def scores_url(run: Run) -> str:
    """The page of the scores that were computed."""
    made = run.result or {}
    asked = {name: made[name] for name in ("window", "basis", "currency", "as_of") if name in made}
    return f"{reverse('value:scores')}?{urlencode(asked)}"
