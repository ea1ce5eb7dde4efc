"""Changes of lines are kept, their keys are not."""

from __future__ import annotations

from django.db import migrations

from peyvand.foundation.changes.tracking import track


class Migration(migrations.Migration):
    dependencies = [("sms", "0001_initial"), ("changes", "0002_capture")]

    operations = [
        track(
            "sms_smsaccount",
            exclude=("version", "credentials", "hook", "credit", "credit_at", "heard_at", "trouble"),
        ),
    ]
