"""What brought a row in: kept on orders and products, so that an import knows its own."""

from __future__ import annotations

from django.db.backends.utils import CursorWrapper


def current_source(cursor: CursorWrapper) -> str:
    """ "import:7" in the transaction of change set 7; "import:" in a dry run, which has none and leaves nothing."""
    cursor.execute("SELECT coalesce(current_setting('peyvand.change_set', true), '')")
    return f"import:{cursor.fetchone()[0]}"
