"""Events, partitioned by month; the months are made ahead (`web_months`). Changes of shops are kept, their secrets not.

`xid` is the transaction that wrote a row: the digest walks by it, as the outbox does, and never beyond the oldest
transaction that is still open. `uid` is the browser's own id of the event: the same one twice is one event; the
collector sees to it under a lock, since `at` is worked out anew at every try.
"""

from __future__ import annotations

from django.db import migrations

from peyvand.foundation.changes.tracking import track

EVENTS = """
CREATE TABLE web_event (
  uid uuid NOT NULL,
  at timestamptz NOT NULL,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  received_at timestamptz NOT NULL DEFAULT now(),
  site_id bigint NOT NULL,
  demo boolean NOT NULL,
  visitor text NOT NULL CHECK (length(visitor) BETWEEN 1 AND 26),
  kept boolean NOT NULL,
  kind text NOT NULL CHECK (length(kind) BETWEEN 1 AND 40),
  url text NOT NULL,
  title text NOT NULL,
  data jsonb NOT NULL,
  PRIMARY KEY (uid, at)
) PARTITION BY RANGE (at);
COMMENT ON TABLE web_event IS 'What browsers did on our sites; kept: the browser holds a token';
CREATE INDEX web_event_walk ON web_event (xid);
CREATE INDEX web_event_of_visitor ON web_event (visitor, at);
CREATE INDEX web_event_times ON web_event USING brin (at);

-- Make the partitions of the last month, this one and so many after it; those that are there stay. Gives how many.
CREATE FUNCTION web_months(ahead int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  month timestamp; name text; made int := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('web_months', 0));
  FOR step IN -1..ahead LOOP
    month := date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => step);
    name := 'web_event_' || to_char(month, 'YYYY_MM');
    IF to_regclass(name) IS NULL THEN
      EXECUTE format(
        'CREATE TABLE %I PARTITION OF web_event FOR VALUES FROM (%L) TO (%L)', name,
        to_char(month, 'YYYY-MM-DD') || ' 00:00+00',
        to_char(month + interval '1 month', 'YYYY-MM-DD') || ' 00:00+00');
      made := made + 1;
    END IF;
  END LOOP;
  RETURN made;
END $$;

-- Drop the months that ended more than so many months ago, with all that is in them. Gives how many.
CREATE FUNCTION web_months_drop(kept int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  part record; dropped int := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('web_months', 0));
  FOR part IN
    SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = 'web_event'::regclass
  LOOP
    IF to_date(right(part.name, 7), 'YYYY_MM') + interval '1 month'
       <= (now() AT TIME ZONE 'UTC') - make_interval(months => kept) THEN
      EXECUTE format('DROP TABLE %I', part.name);
      dropped := dropped + 1;
    END IF;
  END LOOP;
  RETURN dropped;
END $$;
SELECT web_months(3);
"""
BACK = "DROP TABLE web_event; DROP FUNCTION web_months(int); DROP FUNCTION web_months_drop(int);"


class Migration(migrations.Migration):
    dependencies = [("web", "0001_initial"), ("changes", "0002_capture")]

    operations = [
        migrations.RunSQL(EVENTS, BACK),
        track("web_shop", exclude=("version", "secret", "hook")),
    ]
