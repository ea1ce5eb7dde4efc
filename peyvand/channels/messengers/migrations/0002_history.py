"""Changes of bots are kept, their keys are not."""

from __future__ import annotations

from django.db import migrations

from peyvand.foundation.changes.tracking import track


class Migration(migrations.Migration):
    dependencies = [("messengers", "0001_initial"), ("changes", "0002_capture")]

    operations = [
        track(
            "messengers_bot",
            exclude=(
                "version", "credentials", "hook", "header", "username", "offset", "heard_at", "trouble", "deafness",
            ),
        ),
    ]  # fmt: skip
