"""Changes of accounts are kept, their secrets are not."""

from __future__ import annotations

from django.db import migrations

from peyvand.foundation.changes.tracking import track


class Migration(migrations.Migration):
    dependencies = [("email", "0001_initial"), ("changes", "0002_capture")]

    operations = [
        track(
            "email_emailaccount",
            exclude=(
                "version", "secrets", "dkim_public", "hook", "sent_at", "trouble", "heard_at", "deafness", "proofs",
                "proved_at",
            ),
        ),
        track("email_emailfolder", exclude=("gone", "uidvalidity", "last_uid", "total", "counted_at")),
    ]  # fmt: skip
