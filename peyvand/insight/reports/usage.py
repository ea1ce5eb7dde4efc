"""Which answers are in use: what dashboards and kept reports showed of late, to be made ahead. No heavy library.

A page notes its answers with one moment, at most every NOTED; whoever makes them from another load carries that moment
on, so that a question stays in use for USED after the last look at it, and no longer.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

from django.utils import timezone

from peyvand.insight.reports.models import Answer, AnswerState
from peyvand.insight.reports.planning import Plan, key_of, renewed, today
from peyvand.insight.warehouse import place

USED = timedelta(days=35)  # a month's report is opened once a month
NOTED = timedelta(minutes=5)
MOST = 64  # answers that are made ahead of one load
LOOKED = 512  # rows among which they are sought
HOUR = 3600.0  # seconds after which days may have changed
DONE = (AnswerState.READY, AnswerState.REFUSED)


@dataclass
class Due:
    """A question in use that has no answer from the load yet; `before` are its answers from older ones."""

    key: str
    plan: Plan
    used_at: datetime
    before: list[int] = field(default_factory=list)


def note(answers: Sequence[Answer]) -> None:
    """A page that is kept shows these."""
    now = timezone.now()
    if any(one.used_at is None or one.used_at < now - NOTED for one in answers):
        Answer.objects.filter(pk__in=[one.pk for one in answers]).update(used_at=now)


def mark() -> str:
    """Changes when there may be something to make: with each load, and every hour, since days change; empty before the
    first load.
    """
    token = place.token()
    return f"{token} {int(time.time() / HOUR)}" if token else ""


def due(token: str) -> list[list[Due]]:
    """What is to be made of the load: page by page, the one looked at last first, MOST answers in all. What asks about
    members or traits is left out, as it is of a minute.
    """
    since, day = timezone.now() - USED, today()
    rows = Answer.objects.filter(used_at__gt=since, state__in=DONE).order_by("-used_at", "id")
    found: dict[str, Due] = {}
    there: set[str] = set()
    for pk, key, plan, used_at in rows.values_list("pk", "key", "plan", "used_at")[:LOOKED]:
        if used_at is None or "window" not in plan or "people" in plan or "sides" in plan:
            continue
        plan = renewed(plan, day)
        wanted = key_of(plan, token)
        if wanted == key:
            there.add(key)
            continue
        found.setdefault(wanted, Due(wanted, plan, used_at)).before.append(pk)
    there |= set(Answer.objects.filter(key__in=found, state__in=DONE).values_list("key", flat=True))
    wanted_ones = [one for key, one in found.items() if key not in there][:MOST]
    return [list(page) for _used_at, page in groupby(wanted_ones, key=lambda one: one.used_at)]


def begun(page: Sequence[Due]) -> set[int]:
    """The rows into which the answers are to be written."""
    rows = [Answer(key=one.key, demo=one.plan["demo"], plan=one.plan, used_at=one.used_at) for one in page]
    Answer.objects.bulk_create(rows, ignore_conflicts=True)
    return set(Answer.objects.filter(key__in=[one.key for one in page]).values_list("pk", flat=True))


def ended(page: Sequence[Due]) -> None:
    """Answers from older loads go, where this one has been asked."""
    over = (*DONE, AnswerState.FAILED)  # what failed is not tried at every load
    made = set(Answer.objects.filter(key__in=[one.key for one in page], state__in=over).values_list("key", flat=True))
    Answer.objects.filter(pk__in=[pk for one in page if one.key in made for pk in one.before]).delete()
