from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("fields", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="listchoice",
            name="tabs",
            field=models.CharField(blank=True, default="", max_length=2000),
        ),
    ]
