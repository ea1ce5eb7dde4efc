from django.db import migrations, models


class Migration(migrations.Migration):
    """Answers that dashboards and kept reports show are made ahead of each load: when they were shown last."""

    dependencies = [("reports", "0002_reports")]

    operations = [
        migrations.AddField(model_name="answer", name="used_at", field=models.DateTimeField(null=True)),
        migrations.AddIndex(
            model_name="answer",
            index=models.Index(
                fields=["-used_at", "id"], name="reports_answer_used", condition=models.Q(("used_at__isnull", False))
            ),
        ),
    ]
