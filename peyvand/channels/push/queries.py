"""The reads of notices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q

from peyvand.channels.push import access
from peyvand.channels.push.models import Sender, Subscription
from peyvand.channels.push.services import worker_url
from peyvand.channels.sites.models import Site
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.consents.models import Purpose, PurposeKind


@dataclass(frozen=True)
class SiteShown:
    """A site with its browsers: how many take notices, of how many it is known whose they are, how many are gone."""

    row: Site
    living: int
    known: int
    gone: int
    last: datetime | None
    worker_url: str


def sender_get(*, actor: Actor) -> Sender:
    """How the business one looks at sends notices; not kept yet before it was saved for the first time. NotAllowed."""
    actor.require(access.MANAGE)
    return Sender.objects.filter(demo=actor.demo).first() or Sender(demo=actor.demo)


def topics_offered(*, actor: Actor) -> list[Purpose]:
    """The purposes that may be topics: what messages are of."""
    actor.require(access.MANAGE)
    found = Purpose.objects.filter(demo=actor.demo, archived=False)
    return list(found.exclude(kind__in=[PurposeKind.PROFILING, PurposeKind.SHARING]).order_by("position", "id"))


def sites(*, actor: Actor) -> Sequence[SiteShown]:
    """The sites that are switched on, with their browsers. NotAllowed."""
    actor.require(access.MANAGE)
    rows = list(Site.objects.filter(demo=actor.demo, active=True).order_by("name", "id"))
    living = Q(gone_at=None)
    counted = {
        row["site"]: row
        for row in Subscription.objects.filter(site__in=rows)
        .values("site")
        .annotate(
            living=Count("id", filter=living), known=Count("id", filter=living & Q(visitor__customer__isnull=False)),
            gone=Count("id", filter=~living), last=Max("ok_at"),
        )
        .order_by()
    }  # fmt: skip
    none: dict[str, Any] = {"living": 0, "known": 0, "gone": 0, "last": None}
    return [
        SiteShown(row, found["living"], found["known"], found["gone"], found["last"], worker_url(row))
        for row in rows
        for found in [counted.get(row.pk, none)]
    ]


def site_get(*, actor: Actor, id: int) -> Site:
    """A site that is switched on. NotAllowed, Site.DoesNotExist."""
    actor.require(access.MANAGE)
    return Site.objects.get(pk=id, demo=actor.demo, active=True)
