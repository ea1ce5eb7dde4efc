"""What happened is not emptied either: TRUNCATE passes the guards of single statements by."""

from django.db import migrations

TABLES = ("changes_change", "changes_seal", "changes_image", "changes_changeset")
GUARD = "\n".join(
    f"CREATE TRIGGER changes_guard_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION changes_guard();"
    for table in TABLES
)
BACK = "\n".join(f"DROP TRIGGER changes_guard_truncate ON {table};" for table in TABLES)


class Migration(migrations.Migration):
    dependencies = [("changes", "0002_capture")]

    operations = [migrations.RunSQL(GUARD, BACK)]
