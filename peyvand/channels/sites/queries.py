"""The reads of sites and visitors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count
from psycopg import AsyncConnection

from peyvand.channels.sites import access
from peyvand.channels.sites.models import Site, Visitor
from peyvand.channels.sites.tokens import is_token, visitor_key
from peyvand.foundation.registry.actor import Actor


@dataclass(frozen=True)
class Shown:
    """A site as its page shows it, with the line that its pages need."""

    row: Site
    visitors: int

    @property
    def snippet(self) -> str:
        """The one line of a page's head."""
        return f'<script src="{settings.SITE_URL}/s/{self.row.key}.js" async></script>'


def sites(*, actor: Actor) -> list[Shown]:
    """The sites of the business one looks at. NotAllowed."""
    actor.require(access.MANAGE)
    rows = Site.objects.filter(demo=actor.demo).annotate(seen=Count("visitors")).order_by("name", "id")
    return [Shown(one, one.seen) for one in rows]


def site_get(*, actor: Actor, id: int) -> Shown:
    """One site. NotAllowed, Site.DoesNotExist."""
    actor.require(access.MANAGE)
    row = Site.objects.get(pk=id, demo=actor.demo)
    return Shown(row, row.visitors.count())


def site_by_key(key: str) -> Site | None:
    """The site that is switched on under this public key; None for any other."""
    return Site.objects.filter(key=key, active=True).first() if 0 < len(key) <= 20 else None


def visitor_of(site: Site, token: str) -> Visitor | None:
    """Whose browser holds this token; None for one that we have not seen on this site."""
    if not is_token(token):
        return None
    return Visitor.objects.select_related("customer").filter(site=site, key=visitor_key(token)).first()


_HOSTS = "SELECT DISTINCT jsonb_array_elements_text(hosts) FROM sites_site WHERE demo = %s AND active"


async def hosts_read(connection: AsyncConnection[Any], *, demo: bool) -> list[str]:
    """The hosts of all sites of a business that are switched on, for the small applications."""
    return [row[0] for row in await (await connection.execute(_HOSTS, [demo])).fetchall()]
