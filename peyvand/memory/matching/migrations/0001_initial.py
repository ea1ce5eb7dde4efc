import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("customers", "0002_history"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Quality",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("demo", models.BooleanField(default=False)),
                ("day", models.DateField()),
                ("score", models.FloatField()),
                ("figures", models.JSONField(default=dict)),
                ("computed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("demo", "day"), name="matching_quality_once")],
            },
        ),
        migrations.CreateModel(
            name="Pair",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("demo", models.BooleanField(default=False)),
                (
                    "kind",
                    models.CharField(choices=[("person", "Person"), ("organisation", "Organisation")], max_length=12),
                ),
                ("score", models.FloatField()),
                (
                    "level",
                    models.CharField(
                        choices=[("certain", "Certain"), ("likely", "Likely"), ("possible", "Possible")], max_length=8
                    ),
                ),
                ("reasons", models.JSONField(default=list)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("different", "Not the same")],
                        db_default="open",
                        default="open",
                        max_length=10,
                    ),
                ),
                ("found_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("later_until", models.DateTimeField(blank=True, null=True)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "a",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "b",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.customer"
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("demo"),
                        models.OrderBy(models.F("score"), descending=True),
                        models.OrderBy(models.F("id"), descending=True),
                        condition=models.Q(("state", "open")),
                        name="matching_pair_open",
                    ),
                    models.Index(
                        condition=models.Q(("state", "open")), fields=["demo", "level"], name="matching_pair_of_level"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("a", "b"), name="matching_pair_once"),
                    models.CheckConstraint(condition=models.Q(("a__lt", models.F("b"))), name="matching_pair_ordered"),
                    models.CheckConstraint(
                        condition=models.Q(("score__gte", 0), ("score__lte", 1)), name="matching_pair_score"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("level__in", ["certain", "likely", "possible"])), name="matching_pair_level"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "different"])), name="matching_pair_state"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Redirect",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("demo", models.BooleanField(default=False)),
                ("gone_id", models.BigIntegerField(unique=True)),
                ("gone_name", models.CharField(max_length=300)),
                ("into_id", models.BigIntegerField()),
                ("change_set_id", models.BigIntegerField(db_index=True)),
                ("batch", models.BigIntegerField(blank=True, db_index=True, null=True)),
                ("merged_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "kept",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.customer"
                    ),
                ),
                (
                    "merged_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["demo", "-merged_at"], name="matching_redirect_latest")],
            },
        ),
    ]
