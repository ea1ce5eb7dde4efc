import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("commerce", "0006_contracts"),
        ("value", "0004_contracts"),
    ]

    operations = [
        migrations.CreateModel(
            name="OrderCharge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("demo", models.BooleanField()),
                ("currency", models.CharField(max_length=3)),
                ("acquisition_minor", models.BigIntegerField()),
                ("sale_minor", models.BigIntegerField()),
                ("service_minor", models.BigIntegerField()),
                ("delivery_minor", models.BigIntegerField()),
                ("operation_minor", models.BigIntegerField()),
                (
                    "order",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="commerce.order",
                    ),
                ),
            ],
        ),
    ]
