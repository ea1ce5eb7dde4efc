import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0008_custom_key"),
        ("value", "0002_ahead"),
    ]

    operations = [
        migrations.CreateModel(
            name="Scoring",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("demo", models.BooleanField()),
                ("as_of", models.DateField()),
                ("currency", models.CharField(max_length=3)),
                ("window_days", models.IntegerField()),
                (
                    "basis",
                    models.CharField(
                        choices=[("revenue", "Revenue"), ("margin", "Margin"), ("net", "What is left after costs")],
                        max_length=10,
                    ),
                ),
                ("customers", models.IntegerField()),
                ("payload", models.JSONField()),
                ("computed_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="ScoringCustomer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "rfm_class",
                    models.CharField(
                        choices=[
                            ("champion", "Champion"),
                            ("loyal", "Loyal"),
                            ("promising", "Promising"),
                            ("new", "Newcomer"),
                            ("attention", "Needs attention"),
                            ("risk", "At risk"),
                            ("cantlose", "Can't lose"),
                            ("dormant", "Dormant"),
                            ("lost", "Lost"),
                        ],
                        max_length=10,
                    ),
                ),
                ("recency_score", models.SmallIntegerField()),
                ("frequency_score", models.SmallIntegerField()),
                ("monetary_score", models.SmallIntegerField()),
                ("silence_days", models.IntegerField()),
                ("frequency", models.IntegerField()),
                ("amount_minor", models.BigIntegerField()),
            ],
        ),
        migrations.AddField(
            model_name="snapshotcustomer",
            name="acquisition_minor",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="snapshotcustomer",
            name="delivery_minor",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="snapshotcustomer",
            name="goods_minor",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="snapshotcustomer",
            name="net_minor",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="snapshotcustomer",
            name="operation_minor",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="snapshotcustomer",
            name="sale_minor",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="snapshotcustomer",
            name="service_minor",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddIndex(
            model_name="snapshotcustomer",
            index=models.Index(fields=["snapshot", "-net_minor", "customer"], name="value_people_net"),
        ),
        migrations.AddConstraint(
            model_name="scoring",
            constraint=models.UniqueConstraint(
                fields=("demo", "as_of", "currency", "window_days", "basis"), name="value_scoring_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="scoring",
            constraint=models.CheckConstraint(condition=models.Q(("window_days__gte", 0)), name="value_scoring_window"),
        ),
        migrations.AddField(
            model_name="scoringcustomer",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.customer"
            ),
        ),
        migrations.AddField(
            model_name="scoringcustomer",
            name="scoring",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="people", to="value.scoring"
            ),
        ),
        migrations.AddIndex(
            model_name="scoringcustomer",
            index=models.Index(fields=["scoring", "rfm_class", "-amount_minor", "id"], name="value_scored_of_class"),
        ),
        migrations.AddIndex(
            model_name="scoringcustomer",
            index=models.Index(fields=["scoring", "-amount_minor", "id"], name="value_scored"),
        ),
        migrations.AddConstraint(
            model_name="scoringcustomer",
            constraint=models.UniqueConstraint(fields=("scoring", "customer"), name="value_customer_in_scoring"),
        ),
    ]
