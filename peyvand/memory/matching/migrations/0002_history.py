"""Pairs, decisions and merges are kept, so that a merge can be taken back whole."""

from __future__ import annotations

from django.db import migrations

from peyvand.foundation.changes.tracking import track


class Migration(migrations.Migration):
    dependencies = [("matching", "0001_initial"), ("changes", "0002_capture")]

    operations = [track("matching_pair"), track("matching_redirect")]
