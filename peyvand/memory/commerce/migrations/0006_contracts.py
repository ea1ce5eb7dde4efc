import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from peyvand.foundation.changes.tracking import track

FIGURES = """
CREATE SEQUENCE commerce_contract_sequence START 1001;

-- What a contract's entries come to; whoever writes a contract, these columns are as its ledger says.
CREATE FUNCTION commerce_contract_figures() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last_kind text;
    last_day date;
    last_reason text;
BEGIN
    SELECT term_months, until INTO NEW.term_months, NEW.ends_on FROM commerce_contractentry
     WHERE contract_id = NEW.id AND kind IN ('signed', 'renewal') ORDER BY id DESC LIMIT 1;
    NEW.fee_minor := coalesce((SELECT fee_minor FROM commerce_contractentry
        WHERE contract_id = NEW.id AND fee_minor IS NOT NULL ORDER BY id DESC LIMIT 1), 0);
    NEW.renewals := (SELECT count(*) FROM commerce_contractentry WHERE contract_id = NEW.id AND kind = 'renewal');
    SELECT kind, day, reason INTO last_kind, last_day, last_reason FROM commerce_contractentry
     WHERE contract_id = NEW.id AND kind IN ('signed', 'renewal', 'end') ORDER BY id DESC LIMIT 1;
    NEW.ended_on := CASE WHEN last_kind = 'end' THEN last_day END;
    NEW.reason := CASE WHEN last_kind = 'end' THEN last_reason ELSE '' END;
    RETURN NEW;
END $$;
CREATE TRIGGER commerce_contract_figures BEFORE INSERT OR UPDATE ON commerce_contract
    FOR EACH ROW EXECUTE FUNCTION commerce_contract_figures();

CREATE FUNCTION commerce_entries_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        touched := ARRAY(SELECT DISTINCT contract_id FROM new_rows);
    ELSE
        touched := ARRAY(SELECT DISTINCT contract_id FROM old_rows);
    END IF;
    PERFORM FROM commerce_contract WHERE id = ANY (touched) ORDER BY id FOR NO KEY UPDATE;
    UPDATE commerce_contract SET version = version WHERE id = ANY (touched);
    RETURN NULL;
END $$;
CREATE TRIGGER commerce_figures_i AFTER INSERT ON commerce_contractentry
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION commerce_entries_changed();
CREATE TRIGGER commerce_figures_d AFTER DELETE ON commerce_contractentry
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION commerce_entries_changed();

CREATE FUNCTION commerce_entry_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- What tells of a person goes with them.
    IF NEW.note IN ('', OLD.note) AND to_jsonb(NEW) - '{note}'::text[] = to_jsonb(OLD) - '{note}'::text[] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'what was agreed stays as it was noted'
          USING ERRCODE = 'check_violation', CONSTRAINT = 'commerce_entry_stays', TABLE = 'commerce_contractentry';
END $$;
CREATE TRIGGER commerce_entry_stays BEFORE UPDATE ON commerce_contractentry
    FOR EACH ROW EXECUTE FUNCTION commerce_entry_stays();
"""
FIGURES_BACK = """
DROP TRIGGER commerce_entry_stays ON commerce_contractentry;
DROP FUNCTION commerce_entry_stays();
DROP TRIGGER commerce_figures_d ON commerce_contractentry;
DROP TRIGGER commerce_figures_i ON commerce_contractentry;
DROP FUNCTION commerce_entries_changed();
DROP TRIGGER commerce_contract_figures ON commerce_contract;
DROP FUNCTION commerce_contract_figures();
DROP SEQUENCE commerce_contract_sequence;
"""
COMPUTED = ("term_months", "ends_on", "fee_minor", "renewals", "ended_on", "reason", "updated_at")


class Migration(migrations.Migration):
    dependencies = [
        ("changes", "0002_capture"),
        ("commerce", "0005_costs"),
        ("customers", "0008_custom_key"),
    ]

    operations = [
        migrations.CreateModel(
            name="Contract",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("demo", models.BooleanField(default=False)),
                ("number", models.CharField(max_length=64)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("subscription", "Subscription"),
                            ("service", "Service contract"),
                            ("supply", "Supply contract"),
                            ("membership", "Membership"),
                            ("lease", "Lease"),
                            ("other", "Other contract"),
                        ],
                        default="service",
                        max_length=12,
                    ),
                ),
                ("starts_on", models.DateField()),
                ("renews_itself", models.BooleanField(default=False)),
                ("period_months", models.SmallIntegerField(default=1)),
                ("currency", models.CharField(max_length=3)),
                ("note", models.TextField(blank=True, default="")),
                ("source", models.CharField(blank=True, default="", max_length=100)),
                ("term_months", models.SmallIntegerField(editable=False, null=True)),
                ("ends_on", models.DateField(editable=False, null=True)),
                ("fee_minor", models.BigIntegerField(db_default=0, editable=False)),
                ("renewals", models.IntegerField(db_default=0, editable=False)),
                ("ended_on", models.DateField(editable=False, null=True)),
                ("reason", models.CharField(db_default="", editable=False, max_length=12)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("updated_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("version", models.IntegerField(default=1)),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="commerce.product",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ContractEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("signed", "Signed"), ("renewal", "Renewed"), ("fee", "New fee"), ("end", "Ended")],
                        max_length=8,
                    ),
                ),
                ("day", models.DateField()),
                ("until", models.DateField(blank=True, null=True)),
                ("term_months", models.SmallIntegerField(blank=True, null=True)),
                ("fee_minor", models.BigIntegerField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, default="", max_length=12)),
                ("by_itself", models.BooleanField(default=False)),
                ("note", models.CharField(blank=True, default="", max_length=300)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "contract",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="entries",
                        to="commerce.contract",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "contract entries",
            },
        ),
        migrations.AddIndex(
            model_name="contract",
            index=models.Index(fields=["demo", "-starts_on", "-id"], name="commerce_contract_starts"),
        ),
        migrations.AddIndex(
            model_name="contract",
            index=models.Index(fields=["customer", "-starts_on", "-id"], name="commerce_contract_customer"),
        ),
        migrations.AddIndex(
            model_name="contract",
            index=models.Index(
                condition=models.Q(("ended_on__isnull", True)),
                fields=["demo", "ends_on", "id"],
                name="commerce_contract_due",
            ),
        ),
        migrations.AddIndex(
            model_name="contract",
            index=models.Index(
                condition=models.Q(("source", ""), _negated=True), fields=["source"], name="commerce_contract_source"
            ),
        ),
        migrations.AddIndex(
            model_name="contract",
            index=models.Index(
                django.contrib.postgres.indexes.OpClass(models.F("number"), name="text_pattern_ops"),
                name="commerce_contract_prefix",
            ),
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.UniqueConstraint(fields=("demo", "number"), name="commerce_contract_number_once"),
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.CheckConstraint(
                condition=models.Q(("number", ""), _negated=True), name="commerce_contract_has_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["subscription", "service", "supply", "membership", "lease", "other"])),
                name="commerce_contract_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.CheckConstraint(
                condition=models.Q(("currency__regex", "^[A-Z]{3}$")), name="commerce_contract_currency"
            ),
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.CheckConstraint(
                condition=models.Q(("period_months__gte", 1), ("period_months__lte", 120)),
                name="commerce_contract_period",
            ),
        ),
        migrations.AddIndex(
            model_name="contractentry",
            index=models.Index(fields=["contract", "id"], name="commerce_entry_contract"),
        ),
        migrations.AddConstraint(
            model_name="contractentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["signed", "renewal", "fee", "end"])), name="commerce_entry_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="contractentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("fee_minor", None), ("fee_minor__gte", 0), _connector="OR"),
                name="commerce_entry_fee",
            ),
        ),
        migrations.AddConstraint(
            model_name="contractentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("term_months", None), ("until", None)),
                    models.Q(("term_months__gte", 1), ("term_months__lte", 600), ("until__gte", models.F("day"))),
                    _connector="OR",
                ),
                name="commerce_entry_term",
            ),
        ),
        migrations.AddConstraint(
            model_name="contractentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind", "end"),
                        (
                            "reason__in",
                            [
                                "price",
                                "service",
                                "product",
                                "competitor",
                                "unused",
                                "unpaid",
                                "need",
                                "closed",
                                "moved",
                                "died",
                                "ours",
                                "lapsed",
                                "other",
                            ],
                        ),
                    ),
                    models.Q(models.Q(("kind", "end"), _negated=True), ("reason", "")),
                    _connector="OR",
                ),
                name="commerce_entry_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="contractentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ("signed", "fee")), _negated=True),
                    ("fee_minor__isnull", False),
                    _connector="OR",
                ),
                name="commerce_entry_priced",
            ),
        ),
        migrations.RunSQL(FIGURES, FIGURES_BACK),
        track("commerce_contract", exclude=COMPUTED),
        track("commerce_contractentry"),
    ]
