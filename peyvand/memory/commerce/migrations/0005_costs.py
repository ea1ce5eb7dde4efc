"""What customers cost: amounts that were spent, and standing prices."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import peyvand.memory.commerce.fields
from peyvand.foundation.changes.tracking import track


class Migration(migrations.Migration):
    dependencies = [
        ("changes", "0002_capture"),
        ("commerce", "0004_ledgers"),
        ("customers", "0008_custom_key"),
        ("interactions", "0005_touch"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Cost",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("demo", models.BooleanField(default=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("acquisition", "Winning customers"),
                            ("sale", "Selling"),
                            ("service", "Serving"),
                            ("delivery", "Delivering"),
                            ("operation", "Running the house"),
                        ],
                        max_length=12,
                    ),
                ),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("day_from", models.DateField()),
                ("day_to", models.DateField()),
                (
                    "aim",
                    models.CharField(
                        choices=[
                            ("shared", "Many together"),
                            ("order", "One order"),
                            ("customer", "One customer"),
                            ("interaction", "One contact"),
                        ],
                        default="shared",
                        max_length=12,
                    ),
                ),
                (
                    "driver",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("new_customer", "Per new customer"),
                            ("order", "Per order"),
                            ("order_value", "By the value of orders"),
                            ("quantity", "Per piece sold"),
                            ("interaction", "Per contact"),
                            ("service_minute", "Per minute of contact"),
                            ("customer", "Equally per active customer"),
                        ],
                        default="",
                        max_length=16,
                    ),
                ),
                ("source", models.CharField(blank=True, default="", max_length=100)),
                ("medium", models.CharField(blank=True, default="", max_length=100)),
                ("campaign", models.CharField(blank=True, default="", max_length=200)),
                ("channel", models.CharField(blank=True, default="", max_length=20)),
                ("interaction_kind", models.CharField(blank=True, default="", max_length=40)),
                ("impressions", models.BigIntegerField(blank=True, null=True)),
                ("clicks", models.BigIntegerField(blank=True, null=True)),
                ("leads", models.BigIntegerField(blank=True, null=True)),
                ("document", models.CharField(blank=True, default="", max_length=64)),
                ("note", models.CharField(blank=True, default="", max_length=500)),
                ("brought_by", models.CharField(blank=True, default="", max_length=40)),
                ("import_key", models.CharField(blank=True, default="", max_length=64)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("updated_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("version", models.IntegerField(default=1)),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "interaction",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="interactions.interaction",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="commerce.order",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="commerce.product",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("demo"),
                        models.OrderBy(models.F("day_to"), descending=True),
                        models.OrderBy(models.F("id"), descending=True),
                        name="commerce_cost_latest",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["acquisition", "sale", "service", "delivery", "operation"])),
                        name="commerce_cost_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("aim__in", ["shared", "order", "customer", "interaction"])),
                        name="commerce_cost_aim",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("driver", ""),
                            models.Q(
                                ("aim", "shared"),
                                (
                                    "driver__in",
                                    [
                                        "new_customer",
                                        "order",
                                        "order_value",
                                        "quantity",
                                        "interaction",
                                        "service_minute",
                                        "customer",
                                    ],
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="commerce_cost_driver",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount_minor__gte", 0),
                            ("amount_minor__lt", 100000000000000000),
                            ("currency__regex", "^[A-Z]{3}$"),
                        ),
                        name="commerce_cost_amount",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("day_to__gte", models.F("day_from"))), name="commerce_cost_days"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("impressions", None), ("impressions__gte", 0), _connector="OR"),
                            models.Q(("clicks", None), ("clicks__gte", 0), _connector="OR"),
                            models.Q(("leads", None), ("leads__gte", 0), _connector="OR"),
                        ),
                        name="commerce_cost_reported",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("import_key", ""), _negated=True),
                        fields=("demo", "import_key"),
                        name="commerce_cost_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CostRate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("demo", models.BooleanField(default=False)),
                ("name", models.CharField(max_length=120)),
                ("key", models.CharField(max_length=120)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("acquisition", "Winning customers"),
                            ("sale", "Selling"),
                            ("service", "Serving"),
                            ("delivery", "Delivering"),
                            ("operation", "Running the house"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "driver",
                    models.CharField(
                        choices=[
                            ("new_customer", "Per new customer"),
                            ("order", "Per order"),
                            ("order_value", "By the value of orders"),
                            ("quantity", "Per piece sold"),
                            ("interaction", "Per contact"),
                            ("service_minute", "Per minute of contact"),
                            ("customer", "Equally per active customer"),
                        ],
                        max_length=16,
                    ),
                ),
                ("amount", peyvand.memory.commerce.fields.ExactField(decimal_places=10, max_digits=30)),
                ("currency", models.CharField(max_length=3)),
                ("valid_from", models.DateField()),
                ("channel", models.CharField(blank=True, default="", max_length=20)),
                ("source", models.CharField(blank=True, default="", max_length=100)),
                ("interaction_kind", models.CharField(blank=True, default="", max_length=40)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("version", models.IntegerField(default=1)),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="commerce.product",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=(
                            "demo",
                            "key",
                            "kind",
                            "driver",
                            "currency",
                            "channel",
                            "source",
                            "interaction_kind",
                            "product",
                            "valid_from",
                        ),
                        name="commerce_costrate_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("key", ""), _negated=True), name="commerce_costrate_named"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["acquisition", "sale", "service", "delivery", "operation"]),
                            ("driver__in", ["new_customer", "order", "order_value", "quantity", "interaction"]),
                        ),
                        name="commerce_costrate_driver",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount__gte", 0),
                            ("amount__lt", 100000000000000),
                            ("currency__regex", "^[A-Z]{3}$"),
                            models.Q(
                                models.Q(("driver", "order_value"), _negated=True),
                                ("amount__lte", 100),
                                _connector="OR",
                            ),
                        ),
                        name="commerce_costrate_amount",
                    ),
                ],
            },
        ),
        track("commerce_cost", exclude=("updated_at",)),
        track("commerce_costrate"),
    ]
