"""The ledger keeps its lines, the state follows from them, and changes of all but the state are kept."""

from __future__ import annotations

from django.db import migrations

from peyvand.foundation.changes.tracking import track

# What stands is the latest line of a customer, purpose and channel; of the same moment the strictest, then the last.
STATE = r"""
CREATE FUNCTION consents_rank(decision text) RETURNS int LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE decision WHEN 'withdrawn' THEN 2 WHEN 'denied' THEN 1 ELSE 0 END
$$;

CREATE FUNCTION consents_follow_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO consents_consentstate AS s (demo, customer_id, purpose_id, channel, decision, at, entry_id)
  SELECT DISTINCT ON (customer_id, purpose_id, channel) demo, customer_id, purpose_id, channel, decision, at, id
    FROM new_rows ORDER BY customer_id, purpose_id, channel, at DESC, consents_rank(decision) DESC, id DESC
  ON CONFLICT (customer_id, purpose_id, channel) DO UPDATE
     SET decision = excluded.decision, at = excluded.at, entry_id = excluded.entry_id
   WHERE (excluded.at, consents_rank(excluded.decision), excluded.entry_id) > (s.at, consents_rank(s.decision), s.entry_id);
  RETURN NULL;
END
$$;

CREATE FUNCTION consents_refold(touched bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM consents_consentstate WHERE customer_id = ANY(touched)
    ORDER BY customer_id, purpose_id, channel FOR UPDATE;
  DELETE FROM consents_consentstate WHERE customer_id = ANY(touched);
  INSERT INTO consents_consentstate AS s (demo, customer_id, purpose_id, channel, decision, at, entry_id)
  SELECT DISTINCT ON (customer_id, purpose_id, channel) demo, customer_id, purpose_id, channel, decision, at, id
    FROM consents_consententry WHERE customer_id = ANY(touched)
   ORDER BY customer_id, purpose_id, channel, at DESC, consents_rank(decision) DESC, id DESC
  ON CONFLICT (customer_id, purpose_id, channel) DO UPDATE
     SET decision = excluded.decision, at = excluded.at, entry_id = excluded.entry_id
   WHERE (excluded.at, consents_rank(excluded.decision), excluded.entry_id) > (s.at, consents_rank(s.decision), s.entry_id);
END
$$;

CREATE FUNCTION consents_follow_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM consents_refold(array(SELECT DISTINCT customer_id FROM old_rows ORDER BY 1));
  RETURN NULL;
END
$$;

CREATE FUNCTION consents_follow_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM consents_refold(array(SELECT customer_id FROM old_rows UNION SELECT customer_id FROM new_rows ORDER BY 1));
  RETURN NULL;
END
$$;

CREATE TRIGGER consents_follow_i AFTER INSERT ON consents_consententry REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION consents_follow_new();
CREATE TRIGGER consents_follow_u AFTER UPDATE ON consents_consententry
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION consents_follow_moved();
CREATE TRIGGER consents_follow_d AFTER DELETE ON consents_consententry REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION consents_follow_gone();
"""

# A merge may give a line to another customer, and an undo may give it back; nothing else of it ever changes. A line goes
# with its customer, by an undo of the set that wrote it, by an erasure, or with the sample: known at the end.
GUARD = r"""
CREATE FUNCTION consents_kind_of_set() RETURNS text LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT kind FROM changes_changeset
                    WHERE id = nullif(current_setting('peyvand.change_set', true), '')::bigint), '')
$$;

CREATE FUNCTION consents_keep_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  v_same consents_consententry;
BEGIN
  v_same := NEW;
  v_same.customer_id := OLD.customer_id;
  IF v_same IS DISTINCT FROM OLD OR consents_kind_of_set() NOT IN ('merge', 'undo') THEN
    RAISE EXCEPTION 'a line of the ledger of consents is never changed: write a new one';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER consents_keep_u BEFORE UPDATE ON consents_consententry
  FOR EACH ROW EXECUTE FUNCTION consents_keep_entry();

CREATE FUNCTION consents_keep_entry_there() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT OLD.demo AND consents_kind_of_set() NOT IN ('undo', 'erase')
     AND EXISTS (SELECT FROM customers_customer WHERE id = OLD.customer_id) THEN
    RAISE EXCEPTION 'a line of the ledger of consents is never deleted: write that it was taken back';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER consents_keep_d AFTER DELETE ON consents_consententry DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION consents_keep_entry_there();

CREATE FUNCTION consents_keep_wording() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND (OLD.demo OR consents_kind_of_set() = 'undo') THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'a wording that was shown stays as it was: write a new version';
END
$$;
CREATE TRIGGER consents_keep BEFORE UPDATE OR DELETE ON consents_wording
  FOR EACH ROW EXECUTE FUNCTION consents_keep_wording();
"""

BACK = """
DROP TRIGGER consents_keep ON consents_wording;
DROP TRIGGER consents_keep_d ON consents_consententry;
DROP TRIGGER consents_keep_u ON consents_consententry;
DROP TRIGGER consents_follow_d ON consents_consententry;
DROP TRIGGER consents_follow_u ON consents_consententry;
DROP TRIGGER consents_follow_i ON consents_consententry;
DROP FUNCTION consents_keep_wording();
DROP FUNCTION consents_keep_entry_there();
DROP FUNCTION consents_keep_entry();
DROP FUNCTION consents_kind_of_set();
DROP FUNCTION consents_follow_moved();
DROP FUNCTION consents_follow_gone();
DROP FUNCTION consents_refold(bigint[]);
DROP FUNCTION consents_follow_new();
DROP FUNCTION consents_rank(text);
"""


class Migration(migrations.Migration):
    dependencies = [("consents", "0001_initial"), ("changes", "0002_capture")]

    operations = [
        migrations.RunSQL(STATE + GUARD, BACK),
        track("consents_purpose"),
        track("consents_wording"),
        track("consents_consententry"),
    ]
