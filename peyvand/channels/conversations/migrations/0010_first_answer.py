"""When the customer first wrote and when a person of ours first answered, also of conversations that are there already."""

from __future__ import annotations

from django.db import migrations, models

FILL = """
UPDATE conversations_conversation AS c SET first_in_at = f.asked, first_answered_at = f.answered
  FROM (SELECT q.conversation_id, q.asked, min(a.at) AS answered
          FROM (SELECT conversation_id, min(at) AS asked FROM conversations_entry
                 WHERE way = 'in' AND NOT automatic GROUP BY 1) AS q
          LEFT JOIN conversations_entry AS a
            ON a.conversation_id = q.conversation_id AND a.way = 'out' AND NOT a.automatic
           AND a.staff_id IS NOT NULL AND a.at >= q.asked
         GROUP BY 1, 2) AS f
 WHERE f.conversation_id = c.id"""

# Nobody changes anything here: what follows from entries that are there already does not go into the trail.
UNTOLD = "ALTER TABLE conversations_conversation DISABLE TRIGGER changes_track_u"
TOLD = "ALTER TABLE conversations_conversation ENABLE TRIGGER changes_track_u"


class Migration(migrations.Migration):
    dependencies = [("conversations", "0009_all_latest")]

    operations = [
        migrations.AddField("conversation", "first_in_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("conversation", "first_answered_at", models.DateTimeField(blank=True, null=True)),
        migrations.RunSQL([UNTOLD, FILL, TOLD], migrations.RunSQL.noop),
    ]
