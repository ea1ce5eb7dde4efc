"""Changes of interactions are kept; the day a customer was last in touch is kept by the table itself.

Whoever writes (a service, an import, an undo), customers_customer.last_interaction_at is the latest `at` of that
customer's interactions when the statement ends. Customers are locked in the order of their ids, so that two writers
wait for one another instead of dying.
"""

from __future__ import annotations

from django.db import migrations

from peyvand.foundation.changes.tracking import track

TOUCHED = """
CREATE FUNCTION interactions_touched() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE v_moved bigint[];
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM c.id FROM customers_customer c
      JOIN (SELECT customer_id, max(at) AS at FROM new_rows WHERE customer_id IS NOT NULL GROUP BY 1) n
        ON n.customer_id = c.id
     WHERE c.last_interaction_at IS NULL OR c.last_interaction_at < n.at
     ORDER BY c.id FOR NO KEY UPDATE OF c;
    UPDATE customers_customer c SET last_interaction_at = n.at
      FROM (SELECT customer_id, max(at) AS at FROM new_rows WHERE customer_id IS NOT NULL GROUP BY 1) n
     WHERE c.id = n.customer_id AND (c.last_interaction_at IS NULL OR c.last_interaction_at < n.at);
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
  PERFORM id FROM customers_customer WHERE id = ANY(v_moved) ORDER BY id FOR NO KEY UPDATE;
  UPDATE customers_customer c
     SET last_interaction_at = (SELECT max(i.at) FROM interactions_interaction i WHERE i.customer_id = c.id)
   WHERE c.id = ANY(v_moved) AND c.last_interaction_at IS DISTINCT FROM
         (SELECT max(i.at) FROM interactions_interaction i WHERE i.customer_id = c.id);
  RETURN NULL;
END $$;
CREATE TRIGGER interactions_touched_i AFTER INSERT ON interactions_interaction
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION interactions_touched();
CREATE TRIGGER interactions_touched_u AFTER UPDATE ON interactions_interaction
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION interactions_touched();
CREATE TRIGGER interactions_touched_d AFTER DELETE ON interactions_interaction
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION interactions_touched();
"""
BACK = """
DROP TRIGGER interactions_touched_i ON interactions_interaction;
DROP TRIGGER interactions_touched_u ON interactions_interaction;
DROP TRIGGER interactions_touched_d ON interactions_interaction;
DROP FUNCTION interactions_touched();
"""


class Migration(migrations.Migration):
    dependencies = [("interactions", "0001_initial"), ("changes", "0002_capture")]

    operations = [track("interactions_interaction"), migrations.RunSQL(TOUCHED, BACK)]
