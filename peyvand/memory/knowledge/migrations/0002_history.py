"""Changes of articles are kept; and a version, once written, stays as it was."""

from __future__ import annotations

from django.db import migrations

from peyvand.foundation.changes.tracking import track

GUARD = r"""
CREATE FUNCTION knowledge_keep_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND (OLD.text_id, OLD.number, OLD.title, OLD.body, OLD.author_name, OLD.at)
       IS NOT DISTINCT FROM (NEW.text_id, NEW.number, NEW.title, NEW.body, NEW.author_name, NEW.at) THEN
    RETURN NEW;  -- its author's account may go, its search key may be made anew
  END IF;
  IF TG_OP = 'DELETE' AND (OLD.demo OR EXISTS (
    SELECT FROM changes_changeset WHERE kind = 'undo'
       AND id = nullif(current_setting('peyvand.change_set', true), '')::bigint)) THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'a version of an article stays as it was written: write a new one';
END
$$;
CREATE TRIGGER knowledge_keep BEFORE UPDATE OR DELETE ON knowledge_articleversion
  FOR EACH ROW EXECUTE FUNCTION knowledge_keep_version();
"""


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0001_initial"), ("changes", "0002_capture")]

    operations = [
        track("knowledge_category"),
        track("knowledge_article", exclude=("updated_at",)),
        track("knowledge_articletext"),
        track("knowledge_articleversion", exclude=("search_key",)),
        migrations.RunSQL(
            GUARD, "DROP TRIGGER knowledge_keep ON knowledge_articleversion; DROP FUNCTION knowledge_keep_version();"
        ),
    ]
