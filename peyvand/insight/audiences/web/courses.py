"""How audiences grew: the chart of who came and went, and by how many they changed in a week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.db.models import F, Sum
from django.utils.translation import gettext, ngettext

from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.charts import Axis, Chart, Series
from peyvand.foundation.ui.formats import day, number
from peyvand.insight.audiences import asking
from peyvand.insight.audiences.models import Audience, AudienceDay
from peyvand.memory.customers.access import sees_everybody

DAYS = 60
WEEK = 7
FEWEST = 2  # days of which a line says something


def course(*, actor: Actor, audience: Audience, days: int = DAYS) -> list[AudienceDay]:
    """Its days on which something was noted, oldest first; of everybody, so only for those who see everybody."""
    if not sees_everybody(actor):
        return []
    since = asking.clock().today - timedelta(days=days)
    return list(AudienceDay.objects.filter(audience=audience, day__gte=since).order_by("day"))


def week_changes(*, actor: Actor, audiences: Sequence[Audience]) -> Mapping[int, int]:
    """By how many each grew in seven days; nothing of those of which nothing was noted, or that are younger."""
    if not sees_everybody(actor):
        return {}
    now = asking.clock()
    since = now.today - timedelta(days=WEEK)
    old = {one.pk for one in audiences if one.created_at.astimezone(now.zone).date() <= since}
    noted = AudienceDay.objects.filter(audience__in=[one.pk for one in audiences])
    old |= set(noted.filter(day__lte=since).values_list("audience", flat=True))
    found = noted.filter(audience__in=old, day__gt=since)
    return dict(found.values_list("audience").annotate(n=Sum(F("entered") - F("left"))).order_by())


def change_words(change: int | None) -> str:
    """«۳۶ نفر بیش از هفته‌ی گذشته.»"""
    if not change:
        return ""
    words = (
        ngettext("%(n)s more than a week ago.", "%(n)s more than a week ago.", change)
        if change > 0
        else ngettext("%(n)s fewer than a week ago.", "%(n)s fewer than a week ago.", -change)
    )
    return words % {"n": number(abs(change))}


def chart(*, actor: Actor, audience: Audience) -> Chart | None:
    """Who came and went, a day each; None where nothing has been noted yet."""
    found = course(actor=actor, audience=audience)
    if len(found) < FEWEST:
        return None
    entered, left = sum(one.entered for one in found), sum(one.left for one in found)
    labels = [day(one.day, "short") for one in found]
    answer = gettext("In %(days)s days %(entered)s came in and %(left)s went; now there are %(size)s.") % {
        "days": number(DAYS), "entered": number(entered), "left": number(left), "size": number(found[-1].size),
    }  # fmt: skip
    return Chart(
        name="course", question=gettext("Who came in, who went?"), answer=answer, kind="bar",
        x=Axis(labels=labels, format="text"), y=Axis(),
        series=[
            Series(gettext("came in"), [one.entered for one in found], "c1"),
            Series(gettext("went"), [one.left for one in found], "c4"),
        ],
        columns=[gettext("Day"), gettext("Came in"), gettext("Went"), gettext("Members")],
        rows=[[label, one.entered, one.left, one.size] for label, one in zip(labels, found, strict=True)],
    )  # fmt: skip
