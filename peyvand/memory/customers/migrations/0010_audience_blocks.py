"""Members of audiences that follow what happens: a row for many of them, in place of a row each."""

from __future__ import annotations

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

VIEW = """
CREATE VIEW customers_inaudience AS
SELECT audience, block, (block::bigint << 9) + unnest(people) AS customer_id,
       to_timestamp(unnest(since) * 60.0) AS since FROM customers_audienceblock
UNION ALL SELECT audience, (customer_id >> 9)::int, customer_id, since FROM customers_audiencemember
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0009_audiences")]

    operations = [
        migrations.CreateModel(
            name="AudienceBlock",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "audience", "block", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("audience", models.BigIntegerField()),
                ("block", models.IntegerField()),
                (
                    "people",
                    django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(), size=None),
                ),
                (
                    "since",
                    django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None),
                ),
            ],
            options={"indexes": [models.Index(fields=["block", "audience"], name="customers_audienceblock_of")]},
        ),
        migrations.AlterField(
            model_name="audiencemember",
            name="customer",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="customers.customer",
            ),
        ),
        migrations.CreateModel(
            name="InAudience",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "audience", "customer_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("audience", models.BigIntegerField()),
                ("block", models.IntegerField()),
                ("since", models.DateTimeField()),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="in_audiences",
                        to="customers.customer",
                    ),
                ),
            ],
            options={"db_table": "customers_inaudience", "managed": False},
        ),
        migrations.RunSQL(VIEW, "DROP VIEW customers_inaudience"),
        # Rows are rewritten often and read whole: kept in their page with room beside them, and not compressed.
        migrations.RunSQL(
            "ALTER TABLE customers_audienceblock SET (toast_tuple_target = 8160, fillfactor = 80)",
            "ALTER TABLE customers_audienceblock RESET (toast_tuple_target, fillfactor)",
        ),
    ]
