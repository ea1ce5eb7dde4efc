"""Counting how good the base is: asked for, done, and which fields a whole record has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext

from peyvand.foundation.accounts import settings
from peyvand.foundation.accounts.services.workspace import settings_save
from peyvand.foundation.jobs import services as jobs
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.customers.models import CustomerKind
from peyvand.memory.matching import access, quality
from peyvand.memory.matching.models import Quality

JOB = "matching.quality"


def quality_ask(*, actor: Actor) -> Run:
    """Have a worker count the business that the actor looks at; a count that waits already is given instead."""
    actor.require(access.QUALITY)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('matching.quality'), %s)", [int(actor.demo)])
        waiting = Run.objects.filter(job=JOB, state="waiting", demo=actor.demo).first()
        return waiting or jobs.start(actor=actor, job=JOB, title=gettext("Counting the quality of the data"),
                                     arguments={})  # fmt: skip


def quality_count(*, demo: bool, now: datetime | None = None) -> Quality:
    """Count, and keep the figures as those of the business's day, in place of earlier ones of that day."""
    found = quality.figures(demo=demo)
    day = (now or timezone.now()).astimezone(ZoneInfo(settings.text("time_zone"))).date()
    made, _fresh = Quality.objects.update_or_create(
        demo=demo, day=day,
        defaults={"score": round(found.score, 2), "figures": found.plain(), "computed_at": timezone.now()},
    )  # fmt: skip
    return made


def required_save(*, actor: Actor, fields: Mapping[str, Sequence[str]], active_days: int) -> None:
    """Say which fields a person and an organisation must have, and for how many days somebody counts as active.

    Raises NotAllowed, and ValueError where a field is unknown or the days make no sense.
    """
    known = {one.name for one in quality.fillable(actor=actor)}
    chosen = {kind: [name for name in dict.fromkeys(fields.get(kind, ())) if name in known]
              for kind in CustomerKind.values}  # fmt: skip
    settings_save(actor=actor, values={quality.REQUIRED: chosen, quality.ACTIVE_DAYS: active_days})


def check_required(value: Any) -> dict[str, list[str]]:
    """The setting as it is stored; ValueError for anything else."""
    if not isinstance(value, Mapping) or not set(value) <= set(CustomerKind.values):
        raise ValueError(gettext("Choose fields of people and of organisations."))
    return {kind: [str(name)[:80] for name in names][:100] for kind, names in value.items()}


def check_days(value: Any) -> int:
    """Days of activity; ValueError for anything but 1 to 3,650."""
    try:
        number = int(value)
    except (TypeError, ValueError):
        number = 0
    if not 1 <= number <= 3650:
        raise ValueError(gettext("Type a number of days from 1 to 3650."))
    return number
