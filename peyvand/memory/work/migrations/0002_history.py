"""Changes of holidays and working hours are kept."""

from __future__ import annotations

from django.db import migrations

from peyvand.foundation.changes.tracking import track


class Migration(migrations.Migration):
    dependencies = [("work", "0001_initial"), ("changes", "0002_capture")]

    operations = [track("work_holiday"), track("work_holidayyear"), track("work_workinghours")]
