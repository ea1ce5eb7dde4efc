"""The day a customer was last in touch is kept in a table of its own, by the triggers that kept it before.

Whoever writes (a service, an import, an undo), customers_touch.at is the latest `at` of that customer's interactions
when the statement ends. Rows are locked in the order of their ids, so that two writers wait for one another instead of
dying.
"""

from __future__ import annotations

from django.db import migrations

TOUCHED = """
CREATE OR REPLACE FUNCTION interactions_touched() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE v_moved bigint[];
BEGIN
  IF TG_OP = 'INSERT' THEN
    UPDATE customers_touch t SET at = later.at
      FROM (
        SELECT k.id, n.at FROM customers_touch k
          JOIN (SELECT customer_id, max(at) AS at FROM new_rows WHERE customer_id IS NOT NULL GROUP BY 1) n
            ON n.customer_id = k.id
         WHERE k.at IS NULL OR k.at < n.at
         ORDER BY k.id FOR NO KEY UPDATE OF k
      ) later
     WHERE t.id = later.id AND (t.at IS NULL OR t.at < later.at);
    RETURN NULL;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    SELECT array_agg(DISTINCT moved) INTO v_moved
      FROM old_rows o JOIN new_rows n ON n.id = o.id, unnest(ARRAY[o.customer_id, n.customer_id]) AS moved
     WHERE (o.customer_id, o.at) IS DISTINCT FROM (n.customer_id, n.at);
  ELSE
    SELECT array_agg(DISTINCT customer_id) INTO v_moved FROM old_rows;
  END IF;
  IF v_moved IS NULL THEN
    RETURN NULL;
  END IF;
  PERFORM id FROM customers_touch WHERE id = ANY(v_moved) ORDER BY id FOR NO KEY UPDATE;
  UPDATE customers_touch t
     SET at = (SELECT max(i.at) FROM interactions_interaction i WHERE i.customer_id = t.id)
   WHERE t.id = ANY(v_moved) AND t.at IS DISTINCT FROM
         (SELECT max(i.at) FROM interactions_interaction i WHERE i.customer_id = t.id);
  RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("interactions", "0004_keys"), ("customers", "0004_touch")]

    operations = [migrations.RunSQL(TOUCHED, migrations.RunSQL.noop)]
