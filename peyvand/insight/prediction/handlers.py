"""What makes forecasts be computed anew."""

from __future__ import annotations

from django.urls import reverse

from peyvand.events.value import ValueRefreshed
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.registry.actor import Actor, system_actor
from peyvand.insight.prediction import services


def after_figures(event: ValueRefreshed, *, event_id: int, actor: Actor) -> None:
    """The figures are new. One waiting computation serves any number of events, so this may run again."""
    services.foresee_ask(actor=system_actor(demo=event.demo))


def nightly() -> None:
    """Once a night, after the figures: also where the last order was taken back, of which no event tells."""
    for demo in (False, True):
        services.foresee_ask(actor=system_actor(demo=demo))


def result_url(run: Run) -> str:
    """The page of what was foreseen."""
    return reverse("prediction:overview")


def campaign_url(run: Run) -> str | None:
    """The page of the campaign that was compared."""
    campaign = (run.result or {}).get("campaign")
    return reverse("prediction:campaign", args=[campaign]) if campaign else None
