from django.db import migrations

from peyvand.foundation.changes.tracking import track

# Secrets stand in no image; nor does what every try writes.
UNTRACKED = (
    "version", "secret", "previous_secret", "previous_until", "failing_since", "resting_until", "last_at",
    "last_status", "last_error",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0001_initial"), ("changes", "0002_capture")]

    operations = [track("webhooks_webhookendpoint", exclude=UNTRACKED)]
