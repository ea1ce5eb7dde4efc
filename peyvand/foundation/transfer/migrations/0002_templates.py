"""Mappings get names, owners and places; imports remember their undo and when their file went."""

import django.db.models.functions.datetime
from django.db import migrations, models

from peyvand.foundation.changes.tracking import track


class Migration(migrations.Migration):
    dependencies = [
        ("changes", "0002_capture"),
        ("transfer", "0001_initial"),
    ]

    operations = [
        migrations.RenameModel("RememberedMapping", "MappingTemplate"),
        migrations.RemoveConstraint(model_name="mappingtemplate", name="transfer_remembered_titles"),
        migrations.AddField(
            model_name="mappingtemplate",
            name="name",
            field=models.CharField(blank=True, db_default="", default="", max_length=60),
        ),
        migrations.AddField(
            model_name="mappingtemplate",
            name="places",
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        migrations.AddField(
            model_name="mappingtemplate", name="width", field=models.IntegerField(db_default=0, default=0)
        ),
        migrations.AddField(
            model_name="mappingtemplate", name="shared", field=models.BooleanField(db_default=False, default=False)
        ),
        migrations.AddField(model_name="mappingtemplate", name="owner_id", field=models.BigIntegerField(null=True)),
        migrations.AddField(
            model_name="mappingtemplate",
            name="owner_name",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
        migrations.AddField(
            model_name="mappingtemplate",
            name="created_at",
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
        ),
        migrations.AddField(model_name="mappingtemplate", name="used_at", field=models.DateTimeField(null=True)),
        migrations.AddConstraint(
            model_name="mappingtemplate",
            constraint=models.UniqueConstraint(
                condition=models.Q(("name", "")), fields=("shape", "titles"), name="transfer_remembered_titles"
            ),
        ),
        migrations.AddConstraint(
            model_name="mappingtemplate",
            constraint=models.UniqueConstraint(
                condition=models.Q(("name", ""), _negated=True),
                fields=("owner_id", "shape", "name"),
                name="transfer_template_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddField(
            model_name="import",
            name="before",
            field=models.CharField(blank=True, db_default="", default="", max_length=20),
        ),
        migrations.AddField(model_name="import", name="undo_id", field=models.BigIntegerField(null=True)),
        migrations.AddField(model_name="import", name="swept_at", field=models.DateTimeField(null=True)),
        migrations.AlterField(
            model_name="import",
            name="state",
            field=models.CharField(
                choices=[
                    ("mapping", "Mapping"),
                    ("checking", "Checking"),
                    ("checked", "Checked"),
                    ("running", "Running"),
                    ("done", "Done"),
                    ("failed", "Failed"),
                    ("cancelled", "Cancelled"),
                    ("undone", "Undone"),
                    ("undoing", "Undoing"),
                ],
                default="mapping",
                max_length=20,
            ),
        ),
        track("transfer_mappingtemplate", exclude=("used_at",)),
    ]
