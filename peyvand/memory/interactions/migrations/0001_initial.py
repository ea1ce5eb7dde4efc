import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("customers", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Interaction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("demo", models.BooleanField(default=False)),
                ("kind", models.CharField(max_length=40)),
                ("channel", models.CharField(blank=True, default="", max_length=20)),
                ("direction", models.CharField(blank=True, default="", max_length=3)),
                ("at", models.DateTimeField()),
                ("source_kind", models.CharField(blank=True, default="", max_length=40)),
                ("source_id", models.BigIntegerField(blank=True, null=True)),
                ("cost_minor", models.BigIntegerField(blank=True, null=True)),
                ("cost_currency", models.CharField(blank=True, default="", max_length=3)),
                ("duration_s", models.IntegerField(blank=True, null=True)),
                ("sentiment", models.SmallIntegerField(blank=True, null=True)),
                ("dedupe_key", models.CharField(blank=True, max_length=120, null=True)),
                ("payload", models.JSONField(blank=True, default=dict)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "staff",
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
                        models.F("customer"),
                        models.OrderBy(models.F("at"), descending=True),
                        models.OrderBy(models.F("id"), descending=True),
                        name="interactions_timeline",
                    ),
                    models.Index(
                        models.F("demo"),
                        models.OrderBy(models.F("at"), descending=True),
                        models.OrderBy(models.F("id"), descending=True),
                        name="interactions_latest",
                    ),
                    models.Index(
                        models.F("demo"),
                        models.F("kind"),
                        models.OrderBy(models.F("at"), descending=True),
                        models.OrderBy(models.F("id"), descending=True),
                        name="interactions_of_kind",
                    ),
                    models.Index(
                        condition=models.Q(("source_kind", ""), _negated=True),
                        fields=["source_kind", "source_id"],
                        name="interactions_source",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("demo", "dedupe_key"), name="interactions_once"),
                    models.CheckConstraint(condition=models.Q(("kind", ""), _negated=True), name="interactions_kind"),
                    models.CheckConstraint(
                        condition=models.Q(("direction__in", ["in", "out", ""])), name="interactions_direction"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("duration_s", None), ("duration_s__gte", 0), _connector="OR"),
                        name="interactions_duration",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("sentiment", None),
                            models.Q(("sentiment__gte", -100), ("sentiment__lte", 100)),
                            _connector="OR",
                        ),
                        name="interactions_sentiment",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("cost_minor", None),
                            models.Q(("cost_currency__regex", "^[A-Z]{3}$"), ("cost_minor__gte", 0)),
                            _connector="OR",
                        ),
                        name="interactions_cost",
                    ),
                ],
            },
        ),
    ]
