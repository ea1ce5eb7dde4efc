"""Changes of customers are kept. Keys follow from names and are made again after an undo; see registrations."""

from __future__ import annotations

from django.db import migrations

from peyvand.foundation.changes.tracking import track


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial"), ("changes", "0002_capture")]

    operations = [
        track("customers_customer", exclude=("search_key", "sort_key", "last_interaction_at", "updated_at", "version")),
        track("customers_identity"),
        track("customers_relation"),
        track("customers_tag"),
        track("customers_customertag"),
    ]
