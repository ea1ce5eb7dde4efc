"""Who proved an identity and how; roles with their days and a main contact; no organisation is a part of its own part;
what people say of customers (traits) is kept like any other record.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from peyvand.foundation.changes.tracking import track

# Whoever gives an organisation its parent waits for the others who do, so that no two make a circle together.
CIRCLE = r"""
CREATE FUNCTION customers_no_circle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('customers.parents'), NEW.demo::int);
  IF EXISTS (
    WITH RECURSIVE up (id) AS (
      SELECT NEW.parent_id
      UNION
      SELECT c.parent_id FROM customers_customer c JOIN up ON c.id = up.id WHERE c.parent_id IS NOT NULL
    )
    SELECT FROM up WHERE id = NEW.id
  ) THEN
    RAISE EXCEPTION 'an organisation is never a part of its own part' USING ERRCODE = 'check_violation',
      CONSTRAINT = 'customers_customer_no_circle', TABLE = 'customers_customer';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER customers_no_circle AFTER INSERT OR UPDATE OF parent_id ON customers_customer
  FOR EACH ROW WHEN (NEW.parent_id IS NOT NULL) EXECUTE FUNCTION customers_no_circle();
"""
BACK = """
DROP TRIGGER customers_no_circle ON customers_customer;
DROP FUNCTION customers_no_circle();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0005_names"),
        ("changes", "0002_capture"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="identity",
            name="verified_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="identity",
            name="verified_how",
            field=models.CharField(
                blank=True,
                choices=[
                    ("code", "A code sent to it was told back"),
                    ("message", "A message to it was answered"),
                    ("call", "Called, and they answered"),
                    ("document", "A document was seen"),
                    ("in-person", "Shown in person"),
                    ("program", "Another program says so"),
                ],
                db_default="",
                default="",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="identity",
            name="verified_note",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddField(
            model_name="relation",
            name="is_main",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="relation",
            name="since",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="relation",
            name="until",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="trait",
            name="by_name",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddConstraint(
            model_name="identity",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("verified_how", ""),
                    models.Q(
                        ("verified_at__isnull", False),
                        ("verified_how__in", ["code", "message", "call", "document", "in-person", "program"]),
                    ),
                    _connector="OR",
                ),
                name="customers_identity_verified",
            ),
        ),
        migrations.AddConstraint(
            model_name="relation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("since", None), ("until", None), ("until__gte", models.F("since")), _connector="OR"
                ),
                name="customers_relation_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="relation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_main", True)), fields=("organisation",), name="customers_relation_one_main"
            ),
        ),
        migrations.RunSQL(CIRCLE, BACK),
        track("customers_trait", unless="computing"),
    ]
