"""What the tables of this room hold about people, and what is forgotten of the events."""

from __future__ import annotations

from django.db import connection
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import ImpersonalTable, PersonalTable, classed
from peyvand.foundation.text.mentions import Mentioned
from peyvand.memory.customers.forgetting import theirs_alone

TABLES = (
    PersonalTable(
        name="web_visit",
        label=_("Visits of our sites"),
        via=("visitor_id", "sites_visitor"),
        columns=classed(
            key="id site_id visitor_id interaction_id",
            technical="demo stale told_at updated_at",
            identifying="key",
            descriptive="started_at ended_at pages events source medium campaign referrer touch device",
            content="searches path",
        ),
        order=97,
        carried=False,
    ),
    PersonalTable(
        name="web_basket",
        label=_("Carts and purchases on our sites"),
        via=("visitor_id", "sites_visitor"),
        columns=classed(
            key="id site_id visitor_id visit_id order_id name",
            technical="demo kind",
            descriptive="at number items value currency",
        ),
        order=98,
        carried=False,
    ),
    ImpersonalTable("web_count", "how many events were not taken, by day"),
    ImpersonalTable("web_reading", "how far the events are read"),
    ImpersonalTable("web_daysalt", "the random part of the keys of one day"),
    ImpersonalTable("web_shop", "shops that report, with their secrets encrypted"),
    ImpersonalTable("web_delivery", "that a shop reported something, by its codes; thirty days"),
)


def forget(actor: Actor, somebody: Mentioned) -> int:
    """Delete the events of browsers that were theirs alone."""
    keys = [key for key in theirs_alone(actor, somebody) if len(key) <= 26]
    if not keys:
        return 0
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM web_event WHERE demo = %s AND visitor = ANY(%s)", [actor.demo, keys])
        return int(cursor.rowcount)
