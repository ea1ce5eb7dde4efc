"""Notes, calls and meetings written before can be found by their text too."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from peyvand.foundation.text.keys import fa_key

SEARCHED = """
SELECT id, payload ->> 'text' FROM interactions_interaction
 WHERE id > %s AND kind IN ('note', 'call', 'meeting') AND payload ->> 'text' <> '' ORDER BY id LIMIT 5000
"""
FILL = """
UPDATE interactions_interaction i SET search_key = r.key
  FROM unnest(%s::bigint[], %s::text[]) AS r (id, key) WHERE i.id = r.id
"""


def fill(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Five thousand at a time; the column is not tracked, so that this is nobody's change."""
    last = 0
    with schema_editor.connection.cursor() as cursor:
        while True:
            cursor.execute(SEARCHED, [last])
            found = cursor.fetchall()
            if not found:
                return
            cursor.execute(FILL, [[pk for pk, _text in found], [fa_key(text)[:4000] for _pk, text in found]])
            last = found[-1][0]


class Migration(migrations.Migration):
    dependencies = [("interactions", "0003_details")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
