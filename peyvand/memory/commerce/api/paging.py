"""A page of a list, as every route of this room gives it."""

from __future__ import annotations

from typing import Any

from ninja.errors import HttpError

from peyvand.foundation.ui.lists import BadCursorError, paginate

LARGEST_PAGE = 200


def page_of(found: Any, *, order: tuple[str, ...], after: str | None, size: int) -> dict[str, Any]:
    """`items` and the cursor of the page after; 400 on a cursor of another list."""
    try:
        page = paginate(found, order=order, cursor=after, size=size)
    except BadCursorError:
        raise HttpError(400, "this cursor is of another list") from None
    return {"items": page.rows, "next": page.next_cursor}
