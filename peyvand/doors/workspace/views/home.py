"""The day at a glance, and the switch between the two businesses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.panels import Block, blocks
from peyvand.foundation.ui.reader import current_reader


@dataclass(frozen=True)
class Home:
    """What the page shows: each slot's blocks in their order."""

    greeting: str
    pulse: tuple[Block, ...]
    main: tuple[Block, ...]
    side: tuple[Block, ...]

    @property
    def empty(self) -> bool:
        """Nothing to show yet: the page then teaches the first steps."""
        return not (self.pulse or self.main or self.side)


def greeting(*, name: str, now: datetime) -> str:
    """A greeting by the reader's own hour; `now` is in their time zone."""
    first = name.split(" ")[0] if name else ""
    if 4 <= now.hour < 12:
        text = gettext("Good morning %(name)s")
    elif 12 <= now.hour < 17:
        text = gettext("Good afternoon %(name)s")
    else:
        text = gettext("Good evening %(name)s")
    return (text % {"name": first}).strip()


def home_of(*, actor: Actor, query: dict[str, str]) -> Home:
    """The blocks the actor may see."""
    now = timezone.now().astimezone(ZoneInfo(current_reader().tz))
    return Home(
        greeting=greeting(name=actor.name, now=now),
        pulse=blocks(screen="home", slot="pulse", actor=actor, subject=None, query=query),
        main=blocks(screen="home", slot="main", actor=actor, subject=None, query=query),
        side=blocks(screen="home", slot="side", actor=actor, subject=None, query=query),
    )


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The first page after signing in."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    context = {
        "home": home_of(actor=actor, query=request.GET.dict()),
        "now": timezone.now(),
        "may_import": actor.may("transfer.import"),
    }
    return render(request, "workspace/home.html", context)


@require_POST
def switch_business(request: HttpRequest, business: str) -> HttpResponse:
    """Look at the sample business ("demo"), or back at one's own; only what is read changes, nothing is written."""
    request.session["demo"] = business == "demo"
    return redirect("workspace:home")
