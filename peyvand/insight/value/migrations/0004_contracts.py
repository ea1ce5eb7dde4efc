import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0008_custom_key"),
        ("value", "0003_costs"),
    ]

    operations = [
        migrations.CreateModel(
            name="ContractFigures",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("demo", models.BooleanField(unique=True)),
                ("as_of", models.DateField()),
                ("payload", models.JSONField()),
                ("computed_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name_plural": "contract figures",
            },
        ),
        migrations.CreateModel(
            name="ContractWorth",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("currency", models.CharField(max_length=3)),
                ("contracts", models.IntegerField()),
                ("monthly_minor", models.BigIntegerField()),
                ("sure_minor", models.BigIntegerField()),
                ("ahead_minor", models.BigIntegerField()),
                ("whole_minor", models.BigIntegerField(null=True)),
                ("stays_share", models.FloatField(null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.customer"
                    ),
                ),
                (
                    "figures",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="people", to="value.contractfigures"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "contract worth",
                "indexes": [
                    models.Index(fields=["figures", "currency", "-ahead_minor", "id"], name="value_contracts_best")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("figures", "customer", "currency"), name="value_contracts_of_customer"
                    )
                ],
            },
        ),
    ]
