"""The reads of short links and of who opened them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import Count, Max, QuerySet

from peyvand.channels.outreach import access
from peyvand.channels.outreach.models import Click, Link, Message
from peyvand.foundation.registry.actor import Actor

_BY_DAY = """
SELECT (at AT TIME ZONE %s)::date AS day, count(*), count(DISTINCT message_id)
FROM outreach_click WHERE link_id = %s AND at >= %s GROUP BY 1 ORDER BY 1
"""


def links(*, actor: Actor, archived: bool = False, text: str = "") -> QuerySet[Link]:
    """Short links of the business one looks at; order them by ("-created_at", "-id"). NotAllowed."""
    actor.require(access.WRITE)
    found = Link.objects.filter(demo=actor.demo, archived=archived)
    if text:
        found = found.filter(title__icontains=text) | found.filter(target__icontains=text) | found.filter(code=text)
    return found


def link_get(*, actor: Actor, id: int) -> Link:
    """One link. NotAllowed, Link.DoesNotExist."""
    actor.require(access.WRITE)
    return Link.objects.get(pk=id, demo=actor.demo)


def clicks_by_day(*, actor: Actor, link: Link, since: datetime, tz: str) -> Sequence[tuple[date, int, int]]:
    """Day by day of the reader's zone: how often it was opened, and out of how many messages."""
    actor.require(access.WRITE)
    with connection.cursor() as cursor:
        cursor.execute(_BY_DAY, [tz, link.pk, since])
        return list(cursor.fetchall())


@dataclass(frozen=True)
class Opened:
    """A link of a message that its recipient opened, how often and when last."""

    link: Link
    times: int
    last: datetime


def opened_of(*, actor: Actor, message: Message) -> list[Opened]:
    """What the recipient of a message opened, the latest first; none where the actor doesn't see the message."""
    if not Message.objects.visible_to(actor).filter(pk=message.pk).exists():
        return []
    rows = (
        Click.objects.filter(message_id=message.pk)
        .values("link")
        .annotate(times=Count("id"), last=Max("at"))
        .order_by()
    )
    found = {row["link"]: row for row in rows}
    shown = [
        Opened(link, found[link.pk]["times"], found[link.pk]["last"]) for link in Link.objects.filter(pk__in=found)
    ]
    return sorted(shown, key=lambda one: one.last, reverse=True)
