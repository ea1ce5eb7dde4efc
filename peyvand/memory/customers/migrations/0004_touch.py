"""When a customer was last in touch stands apart from the customer, whose row hangs in a dozen indexes.

The triggers of the interactions write there from interactions.0005 on. Every customer has a row, from the statement
that makes the customer to the one that deletes them.
"""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

from peyvand.foundation.changes.tracking import track

FOLLOW = """
CREATE FUNCTION customers_touch_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO customers_touch (id, demo) SELECT new_rows.id, new_rows.demo FROM new_rows;
  ELSE
    DELETE FROM customers_touch t USING old_rows WHERE t.id = old_rows.id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER customers_touch_i AFTER INSERT ON customers_customer
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION customers_touch_follow();
CREATE TRIGGER customers_touch_d AFTER DELETE ON customers_customer
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION customers_touch_follow();
INSERT INTO customers_touch (id, demo, at) SELECT id, demo, last_interaction_at FROM customers_customer ORDER BY id;
"""
BACK = """
DROP TRIGGER customers_touch_i ON customers_customer;
DROP TRIGGER customers_touch_d ON customers_customer;
DROP FUNCTION customers_touch_follow();
UPDATE customers_customer c SET last_interaction_at = t.at FROM customers_touch t WHERE t.id = c.id;
DELETE FROM customers_touch;
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0003_custom")]

    operations = [
        migrations.CreateModel(
            name="Touch",
            fields=[
                (
                    "customer",
                    models.OneToOneField(
                        db_column="id",
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="touch",
                        serialize=False,
                        to="customers.customer",
                    ),
                ),
                ("demo", models.BooleanField()),
                ("at", models.DateTimeField(null=True)),
            ],
            options={"verbose_name_plural": "touches"},
        ),
        migrations.RunSQL(FOLLOW, BACK),
        migrations.AddIndex(
            model_name="touch",
            index=models.Index(
                models.F("demo"),
                models.OrderBy(models.F("at"), descending=True, nulls_last=True),
                models.OrderBy(models.F("customer"), descending=True),
                name="customers_touch_latest",
            ),
        ),
        migrations.RemoveIndex(model_name="customer", name="customers_customer_touched"),
        migrations.RemoveField(model_name="customer", name="last_interaction_at"),
        track("customers_customer", exclude=("search_key", "sort_key", "updated_at", "version")),
    ]
