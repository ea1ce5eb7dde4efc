"""Changes of how notices are sent are kept, never a key."""

from __future__ import annotations

from django.db import migrations

from peyvand.foundation.changes.tracking import track


class Migration(migrations.Migration):
    dependencies = [("push", "0001_initial"), ("changes", "0002_capture")]

    operations = [track("push_sender", exclude=("private", "trouble"))]
