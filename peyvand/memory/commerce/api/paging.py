"""A page of a list, as every route of this room gives it."""

from __future__ import annotations

from typing import Any

from peyvand.foundation.ui.lists import paginate

LARGEST_PAGE = 200


def page_of(found: Any, *, order: tuple[str, ...], after: str | None, size: int) -> dict[str, Any]:
    """`items` and the cursor of the page after. BadCursorError on a cursor of another list."""
    page = paginate(found, order=order, cursor=after, size=size)
    return {"items": page.rows, "next": page.next_cursor}
