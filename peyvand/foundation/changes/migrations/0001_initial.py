"""Tables of change sets."""

import django.contrib.postgres.functions
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Change",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("table_name", models.TextField()),
                ("row_id", models.BigIntegerField()),
                ("op", models.CharField(max_length=1)),
                ("at", models.DateTimeField()),
                ("actor_id", models.BigIntegerField(null=True)),
                ("via", models.TextField()),
                ("image_digest", models.BinaryField()),
                ("digest", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="Horizon",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("last_id", models.BigIntegerField()),
                ("xid", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first_id", models.BigIntegerField()),
                ("last_id", models.BigIntegerField(unique=True)),
                ("count", models.IntegerField()),
                ("marks", models.BinaryField()),
                ("root", models.BinaryField()),
                ("head", models.BinaryField()),
                ("mac", models.BinaryField()),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name="Image",
            fields=[
                (
                    "change",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="image",
                        serialize=False,
                        to="changes.change",
                    ),
                ),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
                ("salt", models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID())),
            ],
        ),
        migrations.CreateModel(
            name="ChangeSet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                ("title", models.TextField()),
                ("actor_id", models.BigIntegerField(null=True)),
                ("actor_name", models.TextField()),
                ("via", models.CharField(max_length=20)),
                ("demo", models.BooleanField(default=False)),
                ("reference", models.JSONField(default=dict)),
                ("started_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("closed_at", models.DateTimeField(null=True)),
                ("outcome", models.JSONField(null=True)),
                (
                    "undo_of",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="undone_by",
                        to="changes.changeset",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="change",
            name="change_set",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="changes",
                to="changes.changeset",
            ),
        ),
        migrations.AddIndex(
            model_name="changeset",
            index=models.Index(fields=["demo", "-id"], name="changes_set_demo"),
        ),
        migrations.AddIndex(
            model_name="changeset",
            index=models.Index(fields=["demo", "kind", "-id"], name="changes_set_kind"),
        ),
        migrations.AddIndex(
            model_name="changeset",
            index=models.Index(fields=["demo", "actor_id", "-id"], name="changes_set_actor"),
        ),
        migrations.AddIndex(
            model_name="changeset",
            index=models.Index(fields=["demo", "started_at"], name="changes_set_started"),
        ),
        migrations.AddIndex(
            model_name="change",
            index=models.Index(fields=["change_set", "id"], name="changes_change_set"),
        ),
        migrations.AddIndex(
            model_name="change",
            index=models.Index(fields=["table_name", "row_id", "id"], name="changes_change_row"),
        ),
    ]
