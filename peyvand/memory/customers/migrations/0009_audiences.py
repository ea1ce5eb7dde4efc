"""Who is in which audience: decided by insight, kept here so that every room can read it."""

from __future__ import annotations

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from peyvand.foundation.changes.tracking import track


class Migration(migrations.Migration):
    dependencies = [
        ("changes", "0002_capture"),
        ("customers", "0008_custom_key"),
    ]

    operations = [
        migrations.CreateModel(
            name="AudienceMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("audience", models.BigIntegerField()),
                ("since", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="in_audiences",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["customer", "audience"], name="customers_audiencemember_of")],
                "constraints": [
                    models.UniqueConstraint(fields=("audience", "customer"), name="customers_audiencemember_once")
                ],
            },
        ),
        track("customers_audiencemember", unless="computing"),
    ]
