import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audiences", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="AudienceDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("entered", models.IntegerField(default=0)),
                ("left", models.IntegerField(default=0)),
                ("size", models.IntegerField(default=0)),
                (
                    "events",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "audience",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="days", to="audiences.audience"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("audience", "day"), name="audiences_audienceday_once")],
            },
        ),
    ]
