"""Changed rows are noted, so that a load moves them alone; what a load was and what it counted."""

from django.db import migrations, models

NOTES = """
CREATE TABLE warehouse_change (
    table_name text NOT NULL,
    key bigint,
    at timestamptz NOT NULL DEFAULT now()
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);
COMMENT ON COLUMN warehouse_change.key IS 'id of the row; null: any row of the table';

CREATE FUNCTION warehouse_note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        INSERT INTO warehouse_change (table_name) VALUES (TG_TABLE_NAME);
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO warehouse_change (table_name, key) SELECT TG_TABLE_NAME, id FROM old_rows;
    ELSE
        INSERT INTO warehouse_change (table_name, key) SELECT TG_TABLE_NAME, id FROM new_rows;
    END IF;
    RETURN NULL;
END $$;
"""
BACK = """
DROP FUNCTION warehouse_note() CASCADE;
DROP TABLE warehouse_change;
"""


class Migration(migrations.Migration):
    dependencies = [("warehouse", "0001_initial")]

    operations = [
        migrations.AddField(model_name="load", name="full", field=models.BooleanField(default=True)),
        migrations.AddField(model_name="load", name="moved", field=models.BigIntegerField(default=0)),
        migrations.AddField(model_name="load", name="token", field=models.CharField(default="", max_length=32)),
        migrations.RunSQL(NOTES, BACK),
    ]
