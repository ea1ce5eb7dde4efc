"""Changes of short links are kept; those that are made for a text, and sums of clicks, are nobody's edits."""

from __future__ import annotations

from django.db import migrations

from peyvand.foundation.changes.tracking import track


class Migration(migrations.Migration):
    dependencies = [("outreach", "0004_links"), ("changes", "0002_capture")]

    operations = [track("outreach_link", exclude=("clicks", "clicked_at"), unless="outreach_links")]
