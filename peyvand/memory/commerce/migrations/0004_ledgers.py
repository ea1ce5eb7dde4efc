"""Discounts and taxes among the figures that the database keeps; figures that nobody writes by hand; payments that stay.

As in 0002: one pass a statement, orders locked before they are summed. A figure may be written by these triggers only:
an update of it that comes from elsewhere (pg_trigger_depth() = 0) is refused, as is an order that brings figures along.
"""

from __future__ import annotations

from importlib import import_module

from django.db import migrations

from peyvand.foundation.changes.tracking import track

# The tax of an amount in whole minor units, halves away from zero, by division without remainder: a quotient that is
# cut off somewhere could be rounded twice.
TAX = """
CREATE FUNCTION commerce_tax(amount numeric, percent numeric, included boolean, exponent integer) RETURNS numeric
LANGUAGE sql IMMUTABLE AS $$
    SELECT sign(amount) * div(2 * abs(amount) * percent * power(10::numeric, exponent) + whole, 2 * whole)
           * power(10::numeric, -exponent)
      FROM (SELECT CASE WHEN included THEN 100 + percent ELSE 100 END AS whole) AS of
$$;
"""

LINES = """
CREATE OR REPLACE FUNCTION commerce_lines_changed() RETURNS trigger LANGUAGE plpgsql AS $$
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
    IF TG_OP <> 'DELETE' THEN
     IF EXISTS (SELECT FROM new_rows WHERE tax <> 0 OR tax_percent IS NOT NULL OR order_discount <> 0) THEN
      IF EXISTS (
        SELECT FROM new_rows line JOIN commerce_order kept ON kept.id = line.order_id
         WHERE kept.id = ANY (touched) AND line.tax <> round(line.tax, kept.exponent)
      ) THEN
        RAISE EXCEPTION 'a tax is in whole minor units'
              USING ERRCODE = 'check_violation', CONSTRAINT = 'commerce_line_tax_whole', TABLE = 'commerce_orderline';
      END IF;
      -- Ours is what the rate says. What a file brings is what its invoice said; what goes back, its part of the sale's.
      IF EXISTS (
        SELECT FROM new_rows line JOIN commerce_order kept ON kept.id = line.order_id
         WHERE kept.id = ANY (touched) AND line.returns_id IS NULL
           AND NOT starts_with(kept.source, 'import:')
           AND line.tax <> commerce_tax(line.amount, coalesce(line.tax_percent, 0), line.tax_included, kept.exponent)
      ) THEN
        RAISE EXCEPTION 'a tax is what its rate makes of the amount'
              USING ERRCODE = 'check_violation', CONSTRAINT = 'commerce_line_tax_rate', TABLE = 'commerce_orderline';
      END IF;
      IF EXISTS (
        SELECT FROM new_rows line JOIN commerce_order kept ON kept.id = line.order_id
         WHERE kept.id = ANY (touched) AND line.order_discount <> 0 AND line.returns_id IS NULL
           AND kept.discount_percent IS NULL AND kept.discount_value IS NULL
      ) THEN
        RAISE EXCEPTION 'a share of a discount that the order does not have'
              USING ERRCODE = 'check_violation', CONSTRAINT = 'commerce_line_share', TABLE = 'commerce_orderline';
      END IF;
     END IF;
    END IF;
    UPDATE commerce_order kept
       SET lines = found.lines,
           total_minor = round((found.amount + found.added) * power(10::numeric, kept.exponent)),
           tax_minor = found.tax * power(10::numeric, kept.exponent),
           discount_minor = round(found.discount * power(10::numeric, kept.exponent)),
           cost_minor = CASE WHEN found.cost_known THEN round(found.cost * power(10::numeric, kept.exponent)) END
      FROM (
        SELECT touched_order.id, count(line.id) AS lines, coalesce(sum(line.amount), 0) AS amount,
               coalesce(sum(line.tax), 0) AS tax,
               coalesce(sum(line.tax) FILTER (WHERE NOT line.tax_included), 0) AS added,
               coalesce(sum(line.discount + line.order_discount), 0) AS discount,
               sum(line.quantity * line.unit_cost) AS cost,
               count(line.id) > 0 AND count(line.unit_cost) = count(line.id) AS cost_known
          FROM unnest(touched) AS touched_order (id)
          LEFT JOIN commerce_orderline line ON line.order_id = touched_order.id
         GROUP BY touched_order.id
      ) found
     WHERE kept.id = found.id;
    RETURN NULL;
END $$;
"""

PAYMENTS = """
CREATE OR REPLACE FUNCTION commerce_payments_changed() RETURNS trigger LANGUAGE plpgsql AS $$
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
         WHERE kept.id = ANY (touched) AND (kept.currency <> new_rows.currency OR kept.demo <> new_rows.demo)
    ) THEN
        RAISE EXCEPTION 'a payment is in its order''s currency'
              USING ERRCODE = 'check_violation', CONSTRAINT = 'commerce_payment_currency', TABLE = 'commerce_payment';
      END IF;
      IF EXISTS (
        SELECT FROM new_rows JOIN commerce_payment wrong ON wrong.id = new_rows.reverses_id
         WHERE wrong.order_id <> new_rows.order_id OR wrong.amount_minor <> new_rows.amount_minor
            OR wrong.kind = new_rows.kind OR wrong.reverses_id IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'a reversal is of an entry of the same order and amount, and of the other kind'
              USING ERRCODE = 'check_violation', CONSTRAINT = 'commerce_payment_reversal', TABLE = 'commerce_payment';
      END IF;
    END IF;
    -- More than was paid never goes back; to the customer of a return without its sale, at most its total.
    IF EXISTS (
        SELECT FROM commerce_order kept
         WHERE kept.id = ANY (touched)
           AND kept.paid_minor < CASE WHEN kept.kind = 'return' AND kept.origin_id IS NULL
                                      THEN least(kept.total_minor, 0) ELSE 0 END
           AND (kept.kind <> 'return' OR kept.lines > 0)
    ) THEN
        RAISE EXCEPTION 'more would have gone back than was paid'
              USING ERRCODE = 'check_violation', CONSTRAINT = 'commerce_payment_refunds', TABLE = 'commerce_payment';
    END IF;
    -- More than is due is never taken. Asked when money comes in: a later return or cancellation may leave us owing.
    -- An order without lines is one that an undo is bringing back.
    IF TG_OP = 'INSERT' THEN
      IF EXISTS (
        SELECT FROM commerce_order kept
         WHERE kept.lines > 0
           AND kept.id IN (SELECT order_id FROM new_rows WHERE kind = 'payment' AND reverses_id IS NULL)
           AND kept.paid_minor > CASE WHEN kept.kind <> 'sale' OR kept.status = 'cancelled' THEN 0
                                      ELSE kept.total_minor + kept.returned_minor END
      ) THEN
        RAISE EXCEPTION 'more would be paid than is due'
              USING ERRCODE = 'check_violation', CONSTRAINT = 'commerce_payment_due', TABLE = 'commerce_payment';
      END IF;
    END IF;
    RETURN NULL;
END $$;
"""

ORDERS = """
CREATE OR REPLACE FUNCTION commerce_orders_changed() RETURNS trigger LANGUAGE plpgsql AS $$
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
         GROUP BY sold.id
        HAVING -sum(back.quantity) > sold.quantity OR abs(sum(back.tax)) > abs(sold.tax)
            OR (-sum(back.quantity) = sold.quantity
                AND (-sum(back.tax) <> sold.tax OR -sum(back.amount) <> sold.amount))
    ) THEN
        RAISE EXCEPTION 'more went back than was sold, or not all of its amount and tax'
              USING ERRCODE = 'check_violation', CONSTRAINT = 'commerce_order_returned', TABLE = 'commerce_orderline';
    END IF;
    RETURN NULL;
END $$;
"""

# The shares of an order's discount are the whole of it: asked at the end, when all lines are there.
SHARES = """
CREATE FUNCTION commerce_shares_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM commerce_order kept
          JOIN commerce_orderline line ON line.order_id = kept.id
         WHERE kept.id = NEW.id
         GROUP BY kept.id
        HAVING sum(line.order_discount) <> coalesce(kept.discount_value, sum(line.order_discount))
            OR bool_or(line.order_discount <> coalesce(
                   (line.quantity * line.unit_price - line.discount) * kept.discount_percent * 0.01,
                   line.order_discount))
    ) THEN
        RAISE EXCEPTION 'the shares of a discount are the whole of it'
              USING ERRCODE = 'check_violation', CONSTRAINT = 'commerce_order_shares', TABLE = 'commerce_orderline';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER commerce_shares AFTER INSERT OR UPDATE ON commerce_order
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.discount_percent IS NOT NULL OR NEW.discount_value IS NOT NULL)
    EXECUTE FUNCTION commerce_shares_whole();
"""

FIGURES = "total_minor, tax_minor, discount_minor, cost_minor, paid_minor, returned_minor, lines"
GUARDS = f"""
CREATE FUNCTION commerce_refuse_figures() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'figures of an order follow from its lines, payments and returns: nobody writes them'
          USING ERRCODE = 'check_violation', CONSTRAINT = 'commerce_order_figures', TABLE = 'commerce_order';
END $$;
CREATE TRIGGER commerce_figures_stay BEFORE UPDATE OF {FIGURES} ON commerce_order
    FOR EACH ROW WHEN (
        pg_trigger_depth() = 0
        AND (OLD.total_minor, OLD.tax_minor, OLD.discount_minor, OLD.cost_minor, OLD.paid_minor, OLD.returned_minor,
             OLD.lines)
            IS DISTINCT FROM
            (NEW.total_minor, NEW.tax_minor, NEW.discount_minor, NEW.cost_minor, NEW.paid_minor, NEW.returned_minor,
             NEW.lines))
    EXECUTE FUNCTION commerce_refuse_figures();
CREATE TRIGGER commerce_figures_begin BEFORE INSERT ON commerce_order
    FOR EACH ROW WHEN (
        (NEW.total_minor, NEW.tax_minor, NEW.discount_minor, NEW.paid_minor, NEW.returned_minor, NEW.lines)
            IS DISTINCT FROM (0::bigint, 0::bigint, 0::bigint, 0::bigint, 0::bigint, 0)
        OR NEW.cost_minor IS NOT NULL)
    EXECUTE FUNCTION commerce_refuse_figures();

CREATE FUNCTION commerce_payment_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN  -- what tells of a person goes with them
        IF NEW.reference IN ('', OLD.reference) AND NEW.note IN ('', OLD.note)
           AND to_jsonb(NEW) - '{{reference,note}}'::text[] = to_jsonb(OLD) - '{{reference,note}}'::text[] THEN
            RETURN NEW;
        END IF;
    ELSIF OLD.demo OR EXISTS (
        SELECT FROM changes_changeset WHERE kind = 'undo'
           AND id = nullif(current_setting('peyvand.change_set', true), '')::bigint) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'a payment stays as it was recorded: reverse it'
          USING ERRCODE = 'check_violation', CONSTRAINT = 'commerce_payment_stays', TABLE = 'commerce_payment';
END $$;
CREATE TRIGGER commerce_payment_stays BEFORE UPDATE OR DELETE ON commerce_payment
    FOR EACH ROW EXECUTE FUNCTION commerce_payment_stays();

CREATE FUNCTION commerce_category_tree() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    above bigint := NEW.parent_id;
    deep integer := 1;
BEGIN
    WHILE above IS NOT NULL LOOP
        deep := deep + 1;
        IF above = NEW.id OR deep > 6 OR NEW.demo <> (SELECT demo FROM commerce_category WHERE id = above) THEN
            RAISE EXCEPTION 'a category is no branch of itself, at most six deep, in one business'
                  USING ERRCODE = 'check_violation', CONSTRAINT = 'commerce_category_tree', TABLE = 'commerce_category';
        END IF;
        SELECT parent_id INTO above FROM commerce_category WHERE id = above;
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER commerce_tree AFTER INSERT OR UPDATE OF parent_id ON commerce_category
    FOR EACH ROW EXECUTE FUNCTION commerce_category_tree();
"""
GUARDS_BACK = """
DROP TRIGGER commerce_tree ON commerce_category;
DROP FUNCTION commerce_category_tree();
DROP TRIGGER commerce_payment_stays ON commerce_payment;
DROP FUNCTION commerce_payment_stays();
DROP TRIGGER commerce_figures_begin ON commerce_order;
DROP TRIGGER commerce_figures_stay ON commerce_order;
DROP FUNCTION commerce_refuse_figures();
"""
BEFORE = import_module("peyvand.memory.commerce.migrations.0002_sums").FIGURES.partition("CREATE SEQUENCE")[0]
FUNCTIONS_BACK = BEFORE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
SHARES_BACK = "DROP TRIGGER commerce_shares ON commerce_order; DROP FUNCTION commerce_shares_whole();"


class Migration(migrations.Migration):
    dependencies = [("commerce", "0003_prices"), ("changes", "0002_capture")]

    operations = [
        migrations.RunSQL(TAX, "DROP FUNCTION commerce_tax(numeric, numeric, boolean, integer);"),
        migrations.RunSQL(LINES + PAYMENTS + ORDERS, FUNCTIONS_BACK),
        migrations.RunSQL(SHARES, SHARES_BACK),
        migrations.RunSQL(GUARDS, GUARDS_BACK),
        track("commerce_category"),
        track("commerce_pricelist", exclude=("updated_at",)),
        track("commerce_pricelistitem"),
        track("commerce_taxrate"),
        track("commerce_taxtarget"),
        track(
            "commerce_order",
            exclude=(
                "total_minor", "tax_minor", "discount_minor", "cost_minor", "paid_minor", "returned_minor", "lines",
            ),
        ),
    ]  # fmt: skip
