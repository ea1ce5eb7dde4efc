"""The database keeps an order's figures as its lines, payments and returns say, and refuses what cannot be.

Statement triggers with transition tables: one pass for each statement, however many rows it wrote. Orders are locked
before they are summed, so that two writers at once end in the right figure. The figures are excluded from change images:
an undo restores lines and payments, and the triggers restore the figures.
"""

from __future__ import annotations

from django.db import migrations

from peyvand.foundation.changes.tracking import track

FIGURES = """
CREATE FUNCTION commerce_lines_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        touched := ARRAY(SELECT DISTINCT order_id FROM new_rows);
    ELSIF TG_OP = 'DELETE' THEN
        touched := ARRAY(SELECT DISTINCT order_id FROM old_rows);
    ELSE
        touched := ARRAY(SELECT order_id FROM new_rows UNION SELECT order_id FROM old_rows);
    END IF;
    PERFORM FROM commerce_order WHERE id = ANY (touched) ORDER BY id FOR NO KEY UPDATE;
    UPDATE commerce_order kept
       SET lines = found.lines,
           total_minor = round(found.amount * power(10::numeric, kept.exponent)),
           cost_minor = CASE WHEN found.cost_known THEN round(found.cost * power(10::numeric, kept.exponent)) END
      FROM (
        SELECT touched_order.id, count(line.id) AS lines, coalesce(sum(line.amount), 0) AS amount,
               sum(line.quantity * line.unit_cost) AS cost,
               count(line.id) > 0 AND count(line.unit_cost) = count(line.id) AS cost_known
          FROM unnest(touched) AS touched_order (id)
          LEFT JOIN commerce_orderline line ON line.order_id = touched_order.id
         GROUP BY touched_order.id
      ) found
     WHERE kept.id = found.id;
    RETURN NULL;
END $$;

CREATE FUNCTION commerce_payments_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        touched := ARRAY(SELECT DISTINCT order_id FROM new_rows);
    ELSIF TG_OP = 'DELETE' THEN
        touched := ARRAY(SELECT DISTINCT order_id FROM old_rows);
    ELSE
        touched := ARRAY(SELECT order_id FROM new_rows UNION SELECT order_id FROM old_rows);
    END IF;
    PERFORM FROM commerce_order WHERE id = ANY (touched) ORDER BY id FOR NO KEY UPDATE;
    UPDATE commerce_order kept
       SET paid_minor = found.paid
      FROM (
        SELECT touched_order.id,
               coalesce(sum(CASE payment.kind WHEN 'refund' THEN -payment.amount_minor ELSE payment.amount_minor END), 0)
                   AS paid
          FROM unnest(touched) AS touched_order (id)
          LEFT JOIN commerce_payment payment ON payment.order_id = touched_order.id
         GROUP BY touched_order.id
      ) found
     WHERE kept.id = found.id;
    IF TG_OP <> 'DELETE' THEN
      IF EXISTS (
        SELECT FROM new_rows JOIN commerce_order kept ON kept.id = new_rows.order_id
         WHERE kept.currency <> new_rows.currency OR kept.demo <> new_rows.demo
    ) THEN
        RAISE EXCEPTION 'a payment is in its order''s currency'
              USING ERRCODE = 'check_violation', CONSTRAINT = 'commerce_payment_currency', TABLE = 'commerce_payment';
      END IF;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION commerce_orders_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        touched := ARRAY(SELECT DISTINCT origin_id FROM new_rows WHERE origin_id IS NOT NULL);
    ELSIF TG_OP = 'DELETE' THEN
        touched := ARRAY(SELECT DISTINCT origin_id FROM old_rows WHERE origin_id IS NOT NULL);
    ELSE
        IF EXISTS (
            SELECT FROM new_rows JOIN old_rows ON old_rows.id = new_rows.id
             WHERE old_rows.currency <> new_rows.currency OR old_rows.exponent <> new_rows.exponent
                OR old_rows.demo <> new_rows.demo
        ) THEN
            RAISE EXCEPTION 'the currency of an order never changes'
                  USING ERRCODE = 'check_violation', CONSTRAINT = 'commerce_order_one_currency',
                        TABLE = 'commerce_order';
        END IF;
        touched := ARRAY(
            SELECT origin_id FROM new_rows WHERE origin_id IS NOT NULL
            UNION SELECT origin_id FROM old_rows WHERE origin_id IS NOT NULL
        );
    END IF;
    IF cardinality(touched) = 0 THEN
        RETURN NULL;
    END IF;
    PERFORM FROM commerce_order WHERE id = ANY (touched) ORDER BY id FOR NO KEY UPDATE;
    UPDATE commerce_order kept
       SET returned_minor = found.returned
      FROM (
        SELECT touched_order.id, coalesce(sum(back.total_minor), 0) AS returned
          FROM unnest(touched) AS touched_order (id)
          LEFT JOIN commerce_order back ON back.origin_id = touched_order.id AND back.status <> 'cancelled'
         GROUP BY touched_order.id
      ) found
     WHERE kept.id = found.id;
    IF TG_OP <> 'DELETE' THEN
      IF EXISTS (
        SELECT FROM new_rows JOIN commerce_order kept ON kept.id = new_rows.origin_id
         WHERE kept.currency <> new_rows.currency OR kept.exponent <> new_rows.exponent OR kept.demo <> new_rows.demo
    ) THEN
        RAISE EXCEPTION 'a return is in its order''s currency'
              USING ERRCODE = 'check_violation', CONSTRAINT = 'commerce_return_currency', TABLE = 'commerce_order';
      END IF;
    END IF;
    IF EXISTS (
        SELECT FROM commerce_orderline sold
          JOIN commerce_orderline back ON back.returns_id = sold.id
          JOIN commerce_order returned ON returned.id = back.order_id AND returned.status <> 'cancelled'
         WHERE sold.order_id = ANY (touched)
         GROUP BY sold.id, sold.quantity
        HAVING -sum(back.quantity) > sold.quantity
    ) THEN
        RAISE EXCEPTION 'more went back than was sold'
              USING ERRCODE = 'check_violation', CONSTRAINT = 'commerce_order_returned', TABLE = 'commerce_orderline';
    END IF;
    RETURN NULL;
END $$;

CREATE SEQUENCE commerce_number START 1001;
"""

FIGURES_BACK = """
DROP SEQUENCE commerce_number;
DROP FUNCTION commerce_lines_changed, commerce_payments_changed, commerce_orders_changed;
"""

TRIGGERS = """
CREATE TRIGGER commerce_figures_i AFTER INSERT ON {table}
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION {function}();
CREATE TRIGGER commerce_figures_u AFTER UPDATE ON {table}
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION {function}();
CREATE TRIGGER commerce_figures_d AFTER DELETE ON {table}
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION {function}();
"""

TRIGGERS_BACK = """
DROP TRIGGER commerce_figures_i ON {table};
DROP TRIGGER commerce_figures_u ON {table};
DROP TRIGGER commerce_figures_d ON {table};
"""

KEPT_BY = {
    "commerce_orderline": "commerce_lines_changed",
    "commerce_payment": "commerce_payments_changed",
    "commerce_order": "commerce_orders_changed",
}


class Migration(migrations.Migration):
    dependencies = [("commerce", "0001_initial"), ("changes", "0002_capture")]

    operations = [
        migrations.RunSQL(FIGURES, FIGURES_BACK),
        *[
            migrations.RunSQL(TRIGGERS.format(table=table, function=function), TRIGGERS_BACK.format(table=table))
            for table, function in KEPT_BY.items()
        ],
        track("commerce_product", exclude=("search_key",)),
        track("commerce_order", exclude=("total_minor", "cost_minor", "paid_minor", "returned_minor", "lines")),
        track("commerce_orderline"),
        track("commerce_payment"),
    ]
