"""Who sees a row, by what it came to its customer, pins, files, corrections, and a key to find its text by."""

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from peyvand.foundation.changes.tracking import track


class Migration(migrations.Migration):
    dependencies = [
        ("changes", "0002_capture"),
        ("customers", "0002_history"),
        ("files", "0001_initial"),
        ("interactions", "0002_history"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="interaction",
            name="corrected_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="interaction",
            name="identity_key",
            field=models.CharField(blank=True, db_default="", default="", max_length=254),
        ),
        migrations.AddField(
            model_name="interaction",
            name="identity_kind",
            field=models.CharField(blank=True, db_default="", default="", max_length=12),
        ),
        migrations.AddField(
            model_name="interaction",
            name="identity_system",
            field=models.CharField(blank=True, db_default="", default="", max_length=40),
        ),
        migrations.AddField(
            model_name="interaction",
            name="pinned_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="interaction",
            name="pinned_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="interaction",
            name="search_key",
            field=models.TextField(db_default="", default="", editable=False),
        ),
        migrations.AddField(
            model_name="interaction",
            name="version",
            field=models.IntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name="interaction",
            name="visibility",
            field=models.CharField(
                choices=[("all", "Everyone who sees the customer"), ("team", "My teams"), ("author", "Only me")],
                db_default="all",
                default="all",
                max_length=6,
            ),
        ),
        migrations.CreateModel(
            name="CostRate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("demo", models.BooleanField(default=False)),
                ("kind", models.CharField(max_length=40)),
                ("since", models.DateField()),
                ("currency", models.CharField(max_length=3)),
                ("minor_per_minute", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("demo", "kind", "since"), name="interactions_costrate_once"),
                    models.CheckConstraint(
                        condition=models.Q(("currency__regex", "^[A-Z]{3}$"), ("minor_per_minute__gte", 0)),
                        name="interactions_costrate_amount",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InteractionFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("demo", models.BooleanField(default=False)),
                ("added_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "added_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
                    ),
                ),
                (
                    "interaction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="files", to="interactions.interaction"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Joining",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("demo", models.BooleanField(default=False)),
                ("identity_kind", models.CharField(max_length=12)),
                ("identity_system", models.CharField(blank=True, default="", max_length=40)),
                ("identity_key", models.CharField(max_length=254)),
                ("rows", models.IntegerField(default=0)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("detached_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.customer"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="interaction",
            name="joining",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="interactions.joining",
            ),
        ),
        migrations.AddIndex(
            model_name="interaction",
            index=models.Index(
                models.F("demo"),
                models.F("channel"),
                models.OrderBy(models.F("at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="interactions_of_channel",
            ),
        ),
        migrations.AddIndex(
            model_name="interaction",
            index=models.Index(
                condition=models.Q(("identity_key", ""), _negated=True),
                fields=["demo", "identity_kind", "identity_key"],
                name="interactions_of_identity",
            ),
        ),
        migrations.AddIndex(
            model_name="interaction",
            index=models.Index(
                condition=models.Q(("joining__isnull", False)), fields=["joining"], name="interactions_joined"
            ),
        ),
        migrations.AddIndex(
            model_name="interaction",
            index=models.Index(
                condition=models.Q(("pinned_at__isnull", False)), fields=["customer"], name="interactions_pinned"
            ),
        ),
        migrations.AddIndex(
            model_name="interaction",
            index=models.Index(
                condition=models.Q(("pinned_by__isnull", False)), fields=["pinned_by"], name="interactions_pinned_by"
            ),
        ),
        migrations.AddIndex(
            model_name="interaction",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(models.F("search_key"), name="gin_trgm_ops"),
                condition=models.Q(("search_key", ""), _negated=True),
                name="interactions_search",
            ),
        ),
        migrations.AddConstraint(
            model_name="interaction",
            constraint=models.CheckConstraint(
                condition=models.Q(("visibility__in", ["all", "team", "author"])), name="interactions_visibility"
            ),
        ),
        migrations.AddConstraint(
            model_name="interactionfile",
            constraint=models.UniqueConstraint(fields=("interaction", "file"), name="interactions_file_once"),
        ),
        track("interactions_interaction", exclude=("search_key", "version")),
        track("interactions_interactionfile"),
        track("interactions_joining"),
        track("interactions_costrate"),
    ]
