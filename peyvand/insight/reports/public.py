"""A report behind a link, for the door that serves strangers: figures only, by the rights of who shared it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import translation

from peyvand.foundation.accounts.actors import actor_of
from peyvand.foundation.calendar.calendars import CalendarKind
from peyvand.foundation.ui.reader import Reader, use_reader
from peyvand.insight.reports import access
from peyvand.insight.reports.models import Dashboard
from peyvand.insight.reports.questions import from_plain
from peyvand.insight.reports.services import link_opened
from peyvand.insight.reports.web.boards import figures_of, tiles_of
from peyvand.insight.reports.web.figures import Figure

WAIT = 8.0  # seconds: a stranger's page does not ask again by itself


@dataclass(frozen=True)
class Shared:
    """What is behind a link. `sites` are the origins that may show it in a frame."""

    name: str
    figures: Sequence[Figure]
    sites: Sequence[str]
    language: str
    demo: bool


def shared(secret: str) -> Shared | None:
    """What a living link shows; None where there is none, or its maker may not share any more."""
    link = link_opened(secret)
    if link is None:
        return None
    actor = actor_of(link.owner, demo=link.demo, via="web", language=link.language)
    kept = link.report or link.dashboard
    if kept is None or kept.archived or not actor.may(access.SHARE):
        return None
    owner = link.owner
    reader = Reader(language=link.language, calendar=CalendarKind(owner.calendar), tz=owner.tz, toman=owner.toman)
    with translation.override(link.language), use_reader(reader):
        if isinstance(kept, Dashboard):
            figures = figures_of(actor, tiles_of(kept), kept.period, drill=False, wait=WAIT)
        else:
            figures = figures_of(actor, [(kept.name, from_plain(kept.question))], "", drill=False, wait=WAIT)
    return Shared(kept.name, figures, tuple(link.sites), link.language, link.demo)
