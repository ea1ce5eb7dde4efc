"""The purposes that a house of one's own starts with."""

from __future__ import annotations

from django.db import migrations

from peyvand.memory.consents.purposes import starting_write


def _write(apps, schema_editor):
    starting_write(
        purposes=apps.get_model("consents", "Purpose"), wordings=apps.get_model("consents", "Wording"), demo=False
    )


class Migration(migrations.Migration):
    dependencies = [("consents", "0002_ledger")]

    operations = [migrations.RunPython(_write, migrations.RunPython.noop)]
