"""Changes of sites are kept, their secrets are not."""

from __future__ import annotations

from django.db import migrations

from peyvand.foundation.changes.tracking import track


class Migration(migrations.Migration):
    dependencies = [("sites", "0001_initial"), ("changes", "0002_capture")]

    operations = [track("sites_site", exclude=("version", "secret"))]
