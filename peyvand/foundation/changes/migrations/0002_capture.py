"""The function behind every tracked table's triggers, the digest of a change, and the guard of the trail."""

from django.db import migrations

from peyvand.foundation.changes.tracking import track

# Every text that a digest covers is separated by the unit separator, which no number or name contains.
LINE = r"""
CREATE FUNCTION changes_image_digest(salt uuid, before jsonb, after jsonb) RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT sha256(convert_to(salt::text || chr(31) || coalesce(before::text, '') || chr(31) || coalesce(after::text, ''), 'UTF8'))
$$;

CREATE FUNCTION changes_digest(
  id bigint, change_set_id bigint, table_name text, row_id bigint, op text, at timestamptz, actor_id bigint, via text,
  image_digest bytea
) RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT sha256(convert_to(
    id::text || chr(31) || coalesce(change_set_id::text, '') || chr(31) || table_name || chr(31) || row_id::text
    || chr(31) || op || chr(31) || (extract(epoch FROM at) * 1000000)::bigint::text
    || chr(31) || coalesce(actor_id::text, '') || chr(31) || via || chr(31), 'UTF8') || image_digest)
$$;

CREATE AGGREGATE changes_merge(jsonb) (SFUNC = jsonb_concat, STYPE = jsonb, INITCOND = '{}');
"""

# The changes of one statement, set by set: no code here runs once a row. Transition tables carry no alias: a column of the
# alias's name would take its place.
CAPTURE = r"""
CREATE FUNCTION changes_capture() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  v_set bigint := nullif(current_setting('peyvand.change_set', true), '')::bigint;
  v_actor bigint := nullif(current_setting('peyvand.actor', true), '')::bigint;
  v_via text := coalesce(current_setting('peyvand.via', true), '');
  v_at timestamptz := statement_timestamp();
  v_exclude text[] := TG_ARGV[0]::text[];
BEGIN
  IF TG_OP = 'INSERT' THEN
    WITH captured AS MATERIALIZED (
      SELECT nextval('changes_change_id_seq') AS id, new_rows.id::bigint AS row_id, gen_random_uuid() AS salt,
             NULL::jsonb AS before, to_jsonb(new_rows) - v_exclude AS after
      FROM new_rows
    ), images AS (
      INSERT INTO changes_image (change_id, before, after, salt) SELECT id, before, after, salt FROM captured
    )
    INSERT INTO changes_change (id, change_set_id, table_name, row_id, op, at, actor_id, via, image_digest, digest)
    SELECT id, v_set, TG_TABLE_NAME, row_id, 'I', v_at, v_actor, v_via, d,
           changes_digest(id, v_set, TG_TABLE_NAME, row_id, 'I', v_at, v_actor, v_via, d)
    FROM (SELECT id, row_id, changes_image_digest(salt, before, after) AS d FROM captured) c;
  ELSIF TG_OP = 'DELETE' THEN
    WITH captured AS MATERIALIZED (
      SELECT nextval('changes_change_id_seq') AS id, old_rows.id::bigint AS row_id, gen_random_uuid() AS salt,
             to_jsonb(old_rows) - v_exclude AS before, NULL::jsonb AS after
      FROM old_rows
    ), images AS (
      INSERT INTO changes_image (change_id, before, after, salt) SELECT id, before, after, salt FROM captured
    )
    INSERT INTO changes_change (id, change_set_id, table_name, row_id, op, at, actor_id, via, image_digest, digest)
    SELECT id, v_set, TG_TABLE_NAME, row_id, 'D', v_at, v_actor, v_via, d,
           changes_digest(id, v_set, TG_TABLE_NAME, row_id, 'D', v_at, v_actor, v_via, d)
    FROM (SELECT id, row_id, changes_image_digest(salt, before, after) AS d FROM captured) c;
  ELSE
    WITH pairs AS MATERIALIZED (
      SELECT new_rows.id::bigint AS row_id, to_jsonb(old_rows) - v_exclude AS before,
             to_jsonb(new_rows) - v_exclude AS after
      FROM old_rows JOIN new_rows ON new_rows.id = old_rows.id
    ), captured AS MATERIALIZED (
      SELECT nextval('changes_change_id_seq') AS id, p.row_id, gen_random_uuid() AS salt, c.before, c.after
      FROM pairs p CROSS JOIN LATERAL (
        SELECT jsonb_object_agg(e.key, p.before -> e.key) AS before, jsonb_object_agg(e.key, e.value) AS after
        FROM jsonb_each(p.after) e WHERE p.before -> e.key IS DISTINCT FROM e.value
      ) c
      WHERE p.before <> p.after
    ), images AS (
      INSERT INTO changes_image (change_id, before, after, salt) SELECT id, before, after, salt FROM captured
    )
    INSERT INTO changes_change (id, change_set_id, table_name, row_id, op, at, actor_id, via, image_digest, digest)
    SELECT id, v_set, TG_TABLE_NAME, row_id, 'U', v_at, v_actor, v_via, d,
           changes_digest(id, v_set, TG_TABLE_NAME, row_id, 'U', v_at, v_actor, v_via, d)
    FROM (SELECT id, row_id, changes_image_digest(salt, before, after) AS d FROM captured) c;
  END IF;
  RETURN NULL;
END
$$;
"""

GUARD = r"""
CREATE FUNCTION changes_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% of % is refused: what happened stays as it happened', TG_OP, TG_TABLE_NAME;
END
$$;
CREATE TRIGGER changes_guard BEFORE UPDATE OR DELETE ON changes_change
  FOR EACH STATEMENT EXECUTE FUNCTION changes_guard();
CREATE TRIGGER changes_guard BEFORE UPDATE OR DELETE ON changes_seal
  FOR EACH STATEMENT EXECUTE FUNCTION changes_guard();
CREATE TRIGGER changes_guard BEFORE UPDATE ON changes_image
  FOR EACH STATEMENT EXECUTE FUNCTION changes_guard();
CREATE TRIGGER changes_guard BEFORE DELETE ON changes_changeset
  FOR EACH STATEMENT EXECUTE FUNCTION changes_guard();
"""

BACK = """
DROP TRIGGER changes_guard ON changes_changeset;
DROP TRIGGER changes_guard ON changes_image;
DROP TRIGGER changes_guard ON changes_seal;
DROP TRIGGER changes_guard ON changes_change;
DROP FUNCTION changes_guard();
DROP FUNCTION changes_capture();
DROP AGGREGATE changes_merge(jsonb);
DROP FUNCTION changes_digest(bigint, bigint, text, bigint, text, timestamptz, bigint, text, bytea);
DROP FUNCTION changes_image_digest(uuid, jsonb, jsonb);
"""


class Migration(migrations.Migration):
    dependencies = [("changes", "0001_initial")]

    operations = [
        migrations.RunSQL(LINE + CAPTURE + GUARD, BACK),
        # The head of every set is itself in the trail: who, what, when, and acts without rows.
        track("changes_changeset", exclude=("closed_at", "outcome")),
    ]
