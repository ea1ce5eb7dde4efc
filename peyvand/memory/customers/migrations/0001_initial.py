import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.conf import settings
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0002_history"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        TrigramExtension(),
        migrations.CreateModel(
            name="Customer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("demo", models.BooleanField(default=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("person", "Person"), ("organisation", "Organisation")],
                        default="person",
                        max_length=12,
                    ),
                ),
                ("name", models.CharField(max_length=300)),
                ("honorific", models.CharField(blank=True, default="", max_length=60)),
                ("given_name", models.CharField(blank=True, default="", max_length=120)),
                ("family_name", models.CharField(blank=True, default="", max_length=120)),
                ("job_title", models.CharField(blank=True, default="", max_length=120)),
                ("city", models.CharField(blank=True, default="", max_length=120)),
                ("country", models.CharField(blank=True, default="", max_length=120)),
                ("birth_date", models.DateField(blank=True, null=True)),
                ("language", models.CharField(blank=True, default="", max_length=2)),
                ("stage", models.CharField(blank=True, default="", max_length=40)),
                ("source", models.CharField(blank=True, default="", max_length=100)),
                ("note", models.TextField(blank=True, default="")),
                ("search_key", models.TextField(db_default="", default="", editable=False)),
                ("sort_key", models.TextField(db_collation="C", db_default="", default="", editable=False)),
                ("last_interaction_at", models.DateTimeField(editable=False, null=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("updated_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
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
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="children",
                        to="customers.customer",
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
        ),
        migrations.CreateModel(
            name="Identity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("demo", models.BooleanField(default=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("phone", "Phone"),
                            ("email", "E-mail"),
                            ("messenger", "Messenger"),
                            ("card", "Loyalty card"),
                            ("external", "Code in another system"),
                            ("visitor", "Web visitor"),
                        ],
                        max_length=12,
                    ),
                ),
                ("system", models.CharField(blank=True, default="", max_length=40)),
                ("value", models.CharField(max_length=254)),
                ("key", models.CharField(max_length=254)),
                ("label", models.CharField(blank=True, default="", max_length=60)),
                ("verified_at", models.DateTimeField(blank=True, null=True)),
                ("is_primary", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="identities", to="customers.customer"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "identities",
            },
        ),
        migrations.CreateModel(
            name="Relation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("demo", models.BooleanField(default=False)),
                ("role", models.CharField(blank=True, default="", max_length=120)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="people", to="customers.customer"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="roles", to="customers.customer"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Tag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("demo", models.BooleanField(default=False)),
                ("name", models.CharField(max_length=60)),
                ("key", models.CharField(max_length=60)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("demo", "key"), name="customers_tag_once"),
                    models.CheckConstraint(condition=models.Q(("key", ""), _negated=True), name="customers_tag_named"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CustomerTag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tagged",
                        to="customers.customer",
                    ),
                ),
                (
                    "tag",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tagged",
                        to="customers.tag",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Trait",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("demo", models.BooleanField(default=False)),
                ("name", models.CharField(max_length=80)),
                ("text", models.CharField(blank=True, default="", max_length=500)),
                ("number", models.DecimalField(blank=True, decimal_places=6, max_digits=30, null=True)),
                ("currency", models.CharField(blank=True, default="", max_length=3)),
                ("at", models.DateField(blank=True, null=True)),
                ("source", models.CharField(blank=True, default="", max_length=60)),
                ("computed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="traits",
                        to="customers.customer",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="customer",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(models.F("search_key"), name="gin_trgm_ops"),
                name="customers_customer_search",
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(fields=["demo", "sort_key", "id"], name="customers_customer_sorted"),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(fields=["demo", "owner", "sort_key", "id"], name="customers_customer_of_owner"),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(fields=["demo", "team", "sort_key", "id"], name="customers_customer_of_team"),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(fields=["demo", "kind", "sort_key", "id"], name="customers_customer_of_kind"),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(fields=["demo", "city", "sort_key", "id"], name="customers_customer_of_city"),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                models.F("demo"),
                models.OrderBy(models.F("last_interaction_at"), descending=True, nulls_last=True),
                models.OrderBy(models.F("id"), descending=True),
                name="customers_customer_touched",
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(fields=["demo", "-id"], name="customers_customer_newest"),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(fields=["updated_at", "id"], name="customers_customer_updated"),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="customers_customer_named"
            ),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["person", "organisation"])), name="customers_customer_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.CheckConstraint(
                condition=models.Q(("parent", None), ("kind", "organisation"), _connector="OR"),
                name="customers_customer_parent",
            ),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("parent", None), models.Q(("parent", models.F("id")), _negated=True), _connector="OR"
                ),
                name="customers_customer_not_own_parent",
            ),
        ),
        migrations.AddIndex(
            model_name="identity",
            index=models.Index(
                models.F("demo"),
                models.F("kind"),
                django.contrib.postgres.indexes.OpClass(models.F("key"), name="varchar_pattern_ops"),
                name="customers_identity_key",
            ),
        ),
        migrations.AddIndex(
            model_name="identity",
            index=models.Index(
                models.F("demo"),
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.text.Reverse("key"), name="text_pattern_ops"
                ),
                condition=models.Q(("kind", "phone")),
                name="customers_identity_phone_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="identity",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["phone", "email", "messenger", "card", "external", "visitor"])),
                name="customers_identity_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="identity",
            constraint=models.CheckConstraint(
                condition=models.Q(("key", ""), _negated=True), name="customers_identity_has_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="identity",
            constraint=models.UniqueConstraint(
                fields=("customer", "kind", "system", "key"), name="customers_identity_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="identity",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind__in", ("messenger", "card", "external", "visitor"))),
                fields=("demo", "kind", "system", "key"),
                name="customers_identity_exclusive",
            ),
        ),
        migrations.AddConstraint(
            model_name="relation",
            constraint=models.UniqueConstraint(fields=("person", "organisation"), name="customers_relation_once"),
        ),
        migrations.AddConstraint(
            model_name="relation",
            constraint=models.CheckConstraint(
                condition=models.Q(("person", models.F("organisation")), _negated=True), name="customers_relation_two"
            ),
        ),
        migrations.AddIndex(
            model_name="customertag",
            index=models.Index(fields=["tag", "customer"], name="customers_customertag_of_tag"),
        ),
        migrations.AddConstraint(
            model_name="customertag",
            constraint=models.UniqueConstraint(fields=("customer", "tag"), name="customers_customertag_once"),
        ),
        migrations.AddIndex(
            model_name="trait",
            index=models.Index(fields=["demo", "name", "text", "customer"], name="customers_trait_text"),
        ),
        migrations.AddIndex(
            model_name="trait",
            index=models.Index(
                models.F("demo"),
                models.F("name"),
                models.F("currency"),
                models.OrderBy(models.F("number"), descending=True),
                models.F("customer"),
                condition=models.Q(("number__isnull", False)),
                name="customers_trait_number",
            ),
        ),
        migrations.AddIndex(
            model_name="trait",
            index=models.Index(fields=["source"], name="customers_trait_source"),
        ),
        migrations.AddConstraint(
            model_name="trait",
            constraint=models.UniqueConstraint(fields=("customer", "name"), name="customers_trait_once"),
        ),
    ]
