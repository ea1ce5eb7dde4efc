"""A line that was written by mistake is taken back by another line, which names it; neither counts any more."""

import django.db.models.deletion
from django.db import migrations, models

# What counts is the latest line that was no mistake. A line that says so makes its customer be folded anew; when it goes,
# as by an undo, so is the customer of the line that it named, who after an un-merge may be another.
FOLD = r"""
CREATE OR REPLACE FUNCTION consents_refold(touched bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM consents_consentstate WHERE customer_id = ANY(touched)
    ORDER BY customer_id, purpose_id, channel FOR UPDATE;
  DELETE FROM consents_consentstate WHERE customer_id = ANY(touched);
  INSERT INTO consents_consentstate AS s (demo, customer_id, purpose_id, channel, decision, at, entry_id)
  SELECT DISTINCT ON (customer_id, purpose_id, channel) demo, customer_id, purpose_id, channel, decision, at, id
    FROM consents_consententry e
   WHERE customer_id = ANY(touched) AND decision <> 'void'
     AND NOT EXISTS (SELECT FROM consents_consententry v WHERE v.reverses_id = e.id)
   ORDER BY customer_id, purpose_id, channel, at DESC, consents_rank(decision) DESC, id DESC
  ON CONFLICT (customer_id, purpose_id, channel) DO UPDATE
     SET decision = excluded.decision, at = excluded.at, entry_id = excluded.entry_id
   WHERE (excluded.at, consents_rank(excluded.decision), excluded.entry_id)
       > (s.at, consents_rank(s.decision), s.entry_id);
END
$$;

CREATE OR REPLACE FUNCTION consents_follow_new() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  v_anew bigint[];
BEGIN
  INSERT INTO consents_consentstate AS s (demo, customer_id, purpose_id, channel, decision, at, entry_id)
  SELECT DISTINCT ON (customer_id, purpose_id, channel) demo, customer_id, purpose_id, channel, decision, at, id
    FROM new_rows WHERE decision <> 'void'
   ORDER BY customer_id, purpose_id, channel, at DESC, consents_rank(decision) DESC, id DESC
  ON CONFLICT (customer_id, purpose_id, channel) DO UPDATE
     SET decision = excluded.decision, at = excluded.at, entry_id = excluded.entry_id
   WHERE (excluded.at, consents_rank(excluded.decision), excluded.entry_id)
       > (s.at, consents_rank(s.decision), s.entry_id);
  SELECT array_agg(DISTINCT e.customer_id) INTO v_anew
    FROM new_rows n JOIN consents_consententry e ON e.id IN (n.id, n.reverses_id) WHERE n.decision = 'void';
  IF v_anew IS NOT NULL THEN
    PERFORM consents_refold(v_anew);
  END IF;
  RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION consents_follow_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM consents_refold(array(
    SELECT customer_id FROM old_rows
    UNION SELECT e.customer_id FROM old_rows o JOIN consents_consententry e ON e.id = o.reverses_id ORDER BY 1
  ));
  RETURN NULL;
END
$$;
"""
# As they were in 0002.
FOLD_BACK = r"""
CREATE OR REPLACE FUNCTION consents_refold(touched bigint[]) RETURNS void LANGUAGE plpgsql AS $$
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
   WHERE (excluded.at, consents_rank(excluded.decision), excluded.entry_id)
       > (s.at, consents_rank(s.decision), s.entry_id);
END
$$;

CREATE OR REPLACE FUNCTION consents_follow_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO consents_consentstate AS s (demo, customer_id, purpose_id, channel, decision, at, entry_id)
  SELECT DISTINCT ON (customer_id, purpose_id, channel) demo, customer_id, purpose_id, channel, decision, at, id
    FROM new_rows ORDER BY customer_id, purpose_id, channel, at DESC, consents_rank(decision) DESC, id DESC
  ON CONFLICT (customer_id, purpose_id, channel) DO UPDATE
     SET decision = excluded.decision, at = excluded.at, entry_id = excluded.entry_id
   WHERE (excluded.at, consents_rank(excluded.decision), excluded.entry_id)
       > (s.at, consents_rank(s.decision), s.entry_id);
  RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION consents_follow_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM consents_refold(array(SELECT DISTINCT customer_id FROM old_rows ORDER BY 1));
  RETURN NULL;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("consents", "0002_ledger"),
        ("customers", "0003_custom"),
        ("files", "0001_initial"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="consententry",
            name="consents_entry_decision",
        ),
        migrations.AddField(
            model_name="consententry",
            name="reverses",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="reversed_by",
                to="consents.consententry",
            ),
        ),
        migrations.AlterField(
            model_name="consententry",
            name="decision",
            field=models.CharField(
                choices=[
                    ("given", "given"),
                    ("withdrawn", "taken back"),
                    ("denied", "refused"),
                    ("void", "was a mistake"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="consentstate",
            name="decision",
            field=models.CharField(
                choices=[
                    ("given", "given"),
                    ("withdrawn", "taken back"),
                    ("denied", "refused"),
                    ("void", "was a mistake"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="consententry",
            constraint=models.CheckConstraint(
                condition=models.Q(("decision__in", ["given", "withdrawn", "denied", "void"])),
                name="consents_entry_decision",
            ),
        ),
        migrations.AddConstraint(
            model_name="consententry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decision", "void"), ("reverses__isnull", False)),
                    models.Q(models.Q(("decision", "void"), _negated=True), ("reverses__isnull", True)),
                    _connector="OR",
                ),
                name="consents_entry_reverses",
            ),
        ),
        migrations.RunSQL(FOLD, FOLD_BACK),
    ]
