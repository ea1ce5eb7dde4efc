"""Imports and what they could not take."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("changes", "0002_capture"),
    ]

    operations = [
        migrations.CreateModel(
            name="Import",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("shape", models.CharField(max_length=60)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("mapping", "Mapping"),
                            ("checking", "Checking"),
                            ("checked", "Checked"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                            ("undone", "Undone"),
                        ],
                        default="mapping",
                        max_length=20,
                    ),
                ),
                ("file_name", models.TextField()),
                ("path", models.TextField()),
                ("sniffed", models.JSONField(default=dict)),
                ("mapping", models.JSONField(default=dict)),
                ("options", models.JSONField(default=dict)),
                ("lines", models.BigIntegerField(default=0)),
                ("position", models.BigIntegerField(default=0)),
                ("saved", models.JSONField(default=dict)),
                ("counts", models.JSONField(default=dict)),
                ("dry", models.JSONField(default=dict)),
                ("totals", models.JSONField(default=dict)),
                ("error", models.TextField(blank=True)),
                ("run_id", models.BigIntegerField(null=True)),
                ("started_by_id", models.BigIntegerField(null=True)),
                ("started_by_name", models.TextField(blank=True)),
                ("demo", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "change_set",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="changes.changeset"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ImportProblem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("row", models.BigIntegerField()),
                ("column", models.CharField(blank=True, max_length=60)),
                ("value", models.TextField(blank=True)),
                ("reason", models.CharField(max_length=60)),
                ("skipped", models.BooleanField(default=True)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="problems", to="transfer.import"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RememberedMapping",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("shape", models.CharField(max_length=60)),
                ("titles", models.CharField(max_length=64)),
                ("mapping", models.JSONField(default=dict)),
                ("options", models.JSONField(default=dict)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("shape", "titles"), name="transfer_remembered_titles")],
            },
        ),
        migrations.AddIndex(
            model_name="import",
            index=models.Index(fields=["demo", "-id"], name="transfer_import_demo"),
        ),
        migrations.AddIndex(
            model_name="import",
            index=models.Index(fields=["demo", "started_by_id", "-id"], name="transfer_import_by"),
        ),
        migrations.AddIndex(
            model_name="importproblem",
            index=models.Index(fields=["owner", "row", "id"], name="transfer_problem_row"),
        ),
    ]
