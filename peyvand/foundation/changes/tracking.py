"""The migration operation that has a table's changes kept: `track("room_table", exclude=("search_key",))`."""

from __future__ import annotations

import re
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation

NAME = re.compile(r"[a-z][a-z0-9_]*")


class Track(Operation):
    """Puts the three capturing triggers on a table whose primary key is one bigint column called `id`."""

    reversible = True
    reduces_to_sql = True

    def __init__(self, table: str, exclude: tuple[str, ...] = (), unless: str = "") -> None:
        for name in (table, *exclude, *filter(None, [unless])):
            if not NAME.fullmatch(name):
                raise ValueError(f"not a plain name of a table or column: {name!r}")
        self.table = table
        self.exclude = exclude
        self.unless = unless

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Models stay as they are."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        """Create the triggers, after removing those of an earlier call."""
        self._drop(schema_editor)
        when = f"WHEN (coalesce(current_setting('peyvand.{self.unless}', true), '') <> 'on') " if self.unless else ""
        for op, event, transition in (
            ("i", "INSERT", "NEW TABLE AS new_rows"),
            ("u", "UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
            ("d", "DELETE", "OLD TABLE AS old_rows"),
        ):
            columns = "{" + ",".join(self.exclude) + "}"
            schema_editor.execute(
                f"CREATE TRIGGER changes_track_{op} AFTER {event} ON {self.table} REFERENCING {transition} "
                f"FOR EACH STATEMENT {when}EXECUTE FUNCTION changes_capture('{columns}')"
            )

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        """Remove the triggers; what was captured stays."""
        self._drop(schema_editor)

    def _drop(self, schema_editor: BaseDatabaseSchemaEditor) -> None:
        for op in "iud":
            schema_editor.execute(f"DROP TRIGGER IF EXISTS changes_track_{op} ON {self.table}")

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        more = {"unless": self.unless} if self.unless else {}
        return "track", [self.table], {"exclude": self.exclude, **more}

    def describe(self) -> str:
        return f"Keep every change of {self.table}"


def track(table: str, exclude: tuple[str, ...] = (), unless: str = "") -> Track:
    """Keep every insert, update and delete of the table, bulk and COPY too; `exclude`d columns are never stored.

    `unless` names a setting of the transaction ("peyvand.<unless>"): statements run while it is "on" are not kept, as
    those that write again what can be computed again.

    The migration depends on ("changes", "0002_capture"). Rows are captured after the statement, in its transaction,
    under the change set that is open (`services.change_set`), or under none. Calling it again replaces the exclusions.
    """
    return Track(table, exclude, unless)
