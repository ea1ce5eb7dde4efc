"""Stages as a list of the house's own, and lists of customers."""

from __future__ import annotations

import re

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from peyvand.foundation.changes.tracking import track

STARTING = (
    ("lead", "سرنخ", "Lead"),
    ("prospect", "مشتری بالقوه", "Prospect"),
    ("customer", "مشتری", "Customer"),
    ("advocate", "هوادار", "Advocate"),
    ("former", "مشتری پیشین", "Former customer"),
)


def words_become_stages(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Words that stood in the records so far become stages, beside those that a house begins with."""
    stage, customer = apps.get_model("customers", "Stage"), apps.get_model("customers", "Customer")
    for demo in (False, True):
        words = set(customer.objects.filter(demo=demo).exclude(stage="").values_list("stage", flat=True))
        if not words:
            continue
        known: dict[str, str] = {}
        for place, (key, fa, en) in enumerate(STARTING):
            stage.objects.create(demo=demo, key=key, name_fa=fa, name_en=en, position=place)
            known |= {word.casefold(): key for word in (key, fa, en)}
        for place, word in enumerate(sorted(words), len(STARTING)):
            key = known.get(word.casefold(), "")
            if not key:
                plain = re.sub(r"[^a-z0-9]+", "_", word.lower()).strip("_")[:30]
                key = plain if plain and plain[0].isalpha() else f"stage_{place}"
                if key in known.values():
                    key = f"{key[:30]}_{place}"
                persian = any(ord(letter) > 0x0600 for letter in word)
                names = {"name_fa": word} if persian else {"name_en": word}
                stage.objects.create(demo=demo, key=key, position=place, **names)
                known[word.casefold()] = key
            customer.objects.filter(demo=demo, stage=word).exclude(stage=key).update(stage=key)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_rolehidden"),
        ("changes", "0002_capture"),
        ("customers", "0006_structure_and_proof"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Stage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("demo", models.BooleanField(default=False)),
                ("key", models.CharField(max_length=40)),
                ("name_fa", models.CharField(blank=True, default="", max_length=80)),
                ("name_en", models.CharField(blank=True, default="", max_length=80)),
                ("position", models.IntegerField(default=0)),
                ("archived", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("demo", "key"), name="customers_stage_once"),
                    models.CheckConstraint(condition=models.Q(("key", ""), _negated=True), name="customers_stage_key"),
                    models.CheckConstraint(
                        condition=models.Q(("name_en", ""), ("name_fa", ""), _negated=True),
                        name="customers_stage_named",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CustomerList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("demo", models.BooleanField(default=False)),
                ("name", models.CharField(max_length=120)),
                ("description", models.CharField(blank=True, default="", max_length=500)),
                ("shared", models.BooleanField(default=False)),
                ("archived", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("version", models.IntegerField(db_default=1, default=1)),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="accounts.team",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["demo", "archived", "name"], name="customers_list_of")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="customers_list_named")
                ],
            },
        ),
        migrations.CreateModel(
            name="ListMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
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
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="listed",
                        to="customers.customer",
                    ),
                ),
                (
                    "list",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="members",
                        to="customers.customerlist",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["customer", "list"], name="customers_listmember_of"),
                    models.Index(fields=["list", "-id"], name="customers_listmember_latest"),
                ],
                "constraints": [models.UniqueConstraint(fields=("list", "customer"), name="customers_listmember_once")],
            },
        ),
        track("customers_stage"),
        track("customers_customerlist"),
        track("customers_listmember"),
        migrations.RunPython(words_become_stages, migrations.RunPython.noop),
    ]
