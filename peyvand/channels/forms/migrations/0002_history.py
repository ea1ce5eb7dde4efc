"""Changes of forms and of what was filled in are kept."""

from __future__ import annotations

from django.db import migrations

from peyvand.foundation.changes.tracking import track


class Migration(migrations.Migration):
    dependencies = [("forms", "0001_initial"), ("changes", "0002_capture")]

    operations = [
        track("forms_form", exclude=("updated_at",)),
        track("forms_submission"),
    ]
