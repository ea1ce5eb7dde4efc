"""Changes of templates, rules, preferences and suppressions are kept; a content, once written, stays as it was.

The ledger itself is not tracked: it is a record of its own, and its rows only go forward.
"""

from __future__ import annotations

from django.db import migrations

from peyvand.foundation.changes.tracking import track

GUARD = r"""
CREATE FUNCTION outreach_keep_content() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.texts, OLD.digest, OLD.demo) IS DISTINCT FROM (NEW.texts, NEW.digest, NEW.demo) THEN
    RAISE EXCEPTION 'a content stays as it was sent: write a new one';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER outreach_keep BEFORE UPDATE ON outreach_content FOR EACH ROW EXECUTE FUNCTION outreach_keep_content();
"""


class Migration(migrations.Migration):
    dependencies = [("outreach", "0001_initial"), ("changes", "0002_capture")]

    operations = [
        track("outreach_template", exclude=("updated_at",)),
        track("outreach_templatetext"),
        track("outreach_recipient"),
        track("outreach_suppression"),
        track("outreach_cap"),
        track("outreach_quiethours"),
        track("outreach_budget"),
        track("outreach_purposerule"),
        migrations.RunSQL(
            GUARD, "DROP TRIGGER outreach_keep ON outreach_content; DROP FUNCTION outreach_keep_content();"
        ),
    ]
