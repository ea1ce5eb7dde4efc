"""What makes ways and paths be computed anew."""

from __future__ import annotations

from django.urls import reverse

from peyvand.events.value import ValueRefreshed
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.registry.actor import Actor, system_actor
from peyvand.insight.reports import way_services


def after_figures(event: ValueRefreshed, *, event_id: int, actor: Actor) -> None:
    """The figures are new. One waiting computation serves any number of events, so this may run again."""
    way_services.ways_ask(actor=system_actor(demo=event.demo))


def nightly() -> None:
    """Once a night, after the figures: visits come in of which no event tells."""
    for demo in (False, True):
        way_services.ways_ask(actor=system_actor(demo=demo))


def result_url(run: Run) -> str:
    """The funnel."""
    return reverse("reports:funnel")
