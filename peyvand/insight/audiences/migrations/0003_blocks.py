"""Members of audiences that are not frozen move into blocks."""

from __future__ import annotations

from django.db import migrations

INTO = """
SELECT set_config('peyvand.computing', 'on', true);
WITH gone AS (
  DELETE FROM customers_audiencemember m USING audiences_audience a
   WHERE a.id = m.audience AND a.kind <> 'frozen' RETURNING m.audience, m.customer_id, m.since
)
INSERT INTO customers_audienceblock (audience, block, people, since)
SELECT audience, (customer_id >> 9)::int, array_agg((customer_id & 511)::smallint),
       array_agg((extract(epoch FROM since) / 60)::int)
  FROM gone GROUP BY 1, 2;
SELECT set_config('peyvand.computing', '', true);
"""
BACK = """
SELECT set_config('peyvand.computing', 'on', true);
INSERT INTO customers_audiencemember (audience, customer_id, since)
SELECT audience, customer_id, since FROM customers_inaudience ON CONFLICT DO NOTHING;
DELETE FROM customers_audienceblock;
SELECT set_config('peyvand.computing', '', true);
"""


class Migration(migrations.Migration):
    dependencies = [("audiences", "0002_days"), ("customers", "0010_audience_blocks")]

    operations = [migrations.RunSQL(INTO, BACK)]
