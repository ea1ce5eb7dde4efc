"""Changes of conversations are kept: who had them, how they stood."""

from __future__ import annotations

from django.db import migrations

from peyvand.foundation.changes.tracking import track


class Migration(migrations.Migration):
    dependencies = [("conversations", "0001_initial"), ("changes", "0002_capture")]

    operations = [
        track("conversations_conversation", exclude=("version", "preview", "entries_count")),
    ]
