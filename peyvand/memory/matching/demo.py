"""The room's part of the sample business: how good its base was week by week, counted from its own rows."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from peyvand.foundation.accounts import settings
from peyvand.foundation.demo.world import TZ, World
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.consents.models import ConsentEntry, Decision
from peyvand.memory.interactions.models import Interaction
from peyvand.memory.matching import quality
from peyvand.memory.matching.models import Quality
from peyvand.memory.matching.services.measuring import quality_count

WEEKS = 26


def sample_load(actor: Actor, world: World) -> int:
    """Count the sample's base as it was in each of the last weeks, and as it is; gives how many rows."""
    for week in range(WEEKS, 0, -1):
        at = world.now - timedelta(weeks=week)
        found = quality.figures(demo=True, moment=_then(at))
        Quality.objects.create(
            demo=True, day=at.astimezone(TZ).date(), score=round(found.score, 2), figures=found.plain()
        )
    quality_count(demo=True, now=world.now)
    return WEEKS + 1


def _then(at: datetime) -> quality.Moment:
    """Who was known, active and had said yes at a moment that has gone by; no pairs had been looked for."""
    since = at - timedelta(days=int(settings.get(quality.ACTIVE_DAYS)))
    met = Interaction.objects.filter(customer=OuterRef("pk"), at__gte=since, at__lte=at)
    latest = (
        ConsentEntry.objects.filter(demo=True, at__lte=at)
        .order_by("customer_id", "purpose_id", "channel", "-at", "-id")
        .distinct("customer_id", "purpose_id", "channel")
    )
    yes = {one.customer_id for one in latest if one.decision == Decision.GIVEN}
    known = Q(created_at__lte=at)
    return quality.Moment(known, known & (Q(created_at__gte=since) | Q(Exists(met))), Q(pk__in=yes), Q())


def sample_remove(actor: Actor) -> int:
    """Remove the pairs, merges and figures of the sample business; gives how many rows went."""
    removed = 0
    with connection.cursor() as cursor:
        for table in ("matching_pair", "matching_redirect", "matching_quality"):
            cursor.execute(f"DELETE FROM {table} WHERE demo")
            removed += cursor.rowcount
    return removed
