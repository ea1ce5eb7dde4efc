"""Audiences, their pictures, and the notes of whom a change has touched."""

from __future__ import annotations

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from peyvand.foundation.changes.tracking import track

# The expressions that give a customer's id of a row `r` are the trigger's arguments; without any, and for a statement of
# many rows, everything that reads the table is looked up anew.
NOTES = """
CREATE TABLE audiences_note (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    table_name text NOT NULL,
    customer_id bigint,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);
COMMENT ON COLUMN audiences_note.customer_id IS 'whom a change has touched; null: anybody';

CREATE FUNCTION audiences_note() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    one text;
    source text := CASE TG_OP WHEN 'INSERT' THEN 'new_rows' WHEN 'DELETE' THEN 'old_rows'
                   ELSE '(SELECT * FROM old_rows UNION ALL SELECT * FROM new_rows)' END;
    many integer;
BEGIN
    IF TG_OP = 'TRUNCATE' OR TG_NARGS = 0 THEN
        INSERT INTO audiences_note (table_name) VALUES (TG_TABLE_NAME);
        RETURN NULL;
    END IF;
    EXECUTE format('SELECT count(*) FROM (SELECT FROM %s r LIMIT 5001) AS few', source) INTO many;
    IF many > 5000 THEN
        INSERT INTO audiences_note (table_name) VALUES (TG_TABLE_NAME);
        RETURN NULL;
    END IF;
    IF many > 0 THEN
        FOREACH one IN ARRAY TG_ARGV LOOP
            EXECUTE format('INSERT INTO audiences_note (table_name, customer_id) SELECT DISTINCT %L, c FROM '
                           '(SELECT %s AS c FROM %s r) touched WHERE c IS NOT NULL', TG_TABLE_NAME, one, source);
        END LOOP;
    END IF;
    RETURN NULL;
END $$;

-- Members who go or come with their customer, as when one is deleted or that is undone: the audience is counted anew.
CREATE FUNCTION audiences_note_members() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audiences_note (table_name, customer_id) SELECT DISTINCT TG_TABLE_NAME, audience FROM changed;
    RETURN NULL;
END $$;
CREATE TRIGGER audiences_members_i AFTER INSERT ON customers_audiencemember REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT WHEN (coalesce(current_setting('peyvand.computing', true), '') <> 'on')
    EXECUTE FUNCTION audiences_note_members();
CREATE TRIGGER audiences_members_u AFTER UPDATE ON customers_audiencemember REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT WHEN (coalesce(current_setting('peyvand.computing', true), '') <> 'on')
    EXECUTE FUNCTION audiences_note_members();
CREATE TRIGGER audiences_members_d AFTER DELETE ON customers_audiencemember REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT WHEN (coalesce(current_setting('peyvand.computing', true), '') <> 'on')
    EXECUTE FUNCTION audiences_note_members();
"""
BACK = """
DROP FUNCTION audiences_note() CASCADE;
DROP FUNCTION audiences_note_members() CASCADE;
DROP TABLE audiences_note;
"""
COMPUTED = ("members", "computed_at", "day", "due", "reads", "within", "depth", "broken")


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0003_rolehidden"),
        ("changes", "0002_capture"),
        ("customers", "0009_audiences"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Audience",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("demo", models.BooleanField(default=False)),
                ("name", models.CharField(max_length=120)),
                ("note", models.CharField(blank=True, default="", max_length=500)),
                ("shared", models.BooleanField(default=False)),
                ("tree", models.JSONField(default=dict)),
                (
                    "kind",
                    models.CharField(
                        choices=[("live", "Live"), ("frozen", "Frozen"), ("mined", "Found by prediction")],
                        default="live",
                        max_length=6,
                    ),
                ),
                ("archived", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("version", models.IntegerField(db_default=1, default=1)),
                ("members", models.IntegerField(db_default=0, default=0)),
                ("computed_at", models.DateTimeField(null=True)),
                ("day", models.DateField(null=True)),
                ("due", models.BooleanField(db_default=True, default=True)),
                (
                    "reads",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "within",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), blank=True, default=list, size=None
                    ),
                ),
                ("depth", models.SmallIntegerField(db_default=0, default=0)),
                ("broken", models.CharField(blank=True, db_default="", default="", max_length=300)),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="accounts.team",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Snapshot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("label", models.CharField(blank=True, default="", max_length=120)),
                ("size", models.IntegerField(default=0)),
                ("taken_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "audience",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="snapshots", to="audiences.audience"
                    ),
                ),
                (
                    "taken_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SnapshotMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.customer"
                    ),
                ),
                (
                    "snapshot",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="people",
                        to="audiences.snapshot",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="audience",
            index=models.Index(fields=["demo", "archived", "name"], name="audiences_audience_of"),
        ),
        migrations.AddConstraint(
            model_name="audience",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="audiences_audience_named"
            ),
        ),
        migrations.AddConstraint(
            model_name="audience",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["live", "frozen", "mined"])), name="audiences_audience_kind"
            ),
        ),
        migrations.AddIndex(
            model_name="snapshot",
            index=models.Index(fields=["audience", "-taken_at"], name="audiences_snapshot_of"),
        ),
        migrations.AddConstraint(
            model_name="snapshotmember",
            constraint=models.UniqueConstraint(fields=("snapshot", "customer"), name="audiences_snapshotmember_once"),
        ),
        migrations.RunSQL(NOTES, BACK),
        track("audiences_audience", exclude=COMPUTED),
        track("audiences_snapshot"),
        track("audiences_snapshotmember"),
    ]
