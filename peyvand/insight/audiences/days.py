"""Who came into an audience and went out of it, counted by day of the workspace's zone."""

from __future__ import annotations

from django.db import connection

from peyvand.insight.audiences import asking

REMEMBERED = 50  # events by which a second delivery is known
_NOTE = """
INSERT INTO audiences_audienceday (audience_id, day, entered, "left", size, events)
SELECT a.id, %(day)s, %(entered)s, %(left)s, a.members, ARRAY[%(event)s]::bigint[]
  FROM audiences_audience a WHERE a.id = %(audience)s
ON CONFLICT (audience_id, day) DO UPDATE
   SET entered = audiences_audienceday.entered + excluded.entered,
       "left" = audiences_audienceday."left" + excluded."left",
       size = excluded.size, events = (excluded.events || audiences_audienceday.events)[1:%(remembered)s]
 WHERE NOT audiences_audienceday.events @> excluded.events
"""


def moves_note(*, audience_id: int, event_id: int, entered: int, left: int) -> None:
    """Count what an event told, once; nothing of an audience that is no more."""
    with connection.cursor() as cursor:
        cursor.execute(
            _NOTE,
            {
                "audience": audience_id, "day": asking.clock().today, "entered": entered, "left": left,
                "event": event_id, "remembered": REMEMBERED,
            },
        )  # fmt: skip
