"""Changes of widgets and rooms are kept; how far a room has come is none."""

from __future__ import annotations

from django.db import migrations

from peyvand.foundation.changes.tracking import track


class Migration(migrations.Migration):
    dependencies = [("webchat", "0001_initial"), ("changes", "0002_capture")]

    operations = [
        track("webchat_widget", exclude=("version",)),
        track("webchat_room", exclude=("version", "last_seq", "pinned_id")),
        track("webchat_roomexpert"),
    ]
