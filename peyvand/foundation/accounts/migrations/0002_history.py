"""Changes of people and rights are kept; and the database itself never lets the last administrator go."""

from __future__ import annotations

from django.db import migrations

from peyvand.foundation.changes.tracking import track

GUARD = """
CREATE FUNCTION accounts_keep_an_admin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('accounts.admins'));
  IF EXISTS (SELECT 1 FROM accounts_role WHERE id = OLD.role_id AND key = 'admin') AND NOT EXISTS (
    SELECT 1 FROM accounts_user u JOIN accounts_role r ON r.id = u.role_id WHERE u.is_active AND r.key = 'admin'
  ) THEN
    RAISE EXCEPTION 'the last administrator must stay' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER accounts_keep_an_admin AFTER UPDATE OF role_id, is_active OR DELETE ON accounts_user
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.is_active) EXECUTE FUNCTION accounts_keep_an_admin();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("changes", "0002_capture")]

    operations = [
        track("accounts_user", exclude=("password", "last_login", "last_seen")),
        track("accounts_role"),
        track("accounts_rolegrant"),
        track("accounts_team"),
        track("accounts_membership"),
        track("accounts_setting"),
        migrations.RunSQL(
            GUARD,
            "DROP TRIGGER accounts_keep_an_admin ON accounts_user; DROP FUNCTION accounts_keep_an_admin();",
        ),
    ]
