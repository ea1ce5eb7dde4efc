"""REST routes of the trail: who did what, its rows before and after, and the way back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Router, Schema

from peyvand.foundation.changes import queries, services
from peyvand.foundation.changes.models import ChangeSet
from peyvand.foundation.registry.requests import ActorRequest
from peyvand.foundation.ui.rest import After, Id, Moment, Size, page

router = Router(tags=["changes"])


class SetOut(Schema):
    """One thing somebody did. `undone_by_id` is the set that took it back; `undo_of_id` the one that this took back."""

    id: int
    kind: str
    title: str
    actor_id: int | None
    actor_name: str
    via: str
    reference: dict[str, Any]
    undo_of_id: int | None
    undone_by_id: int | None
    started_at: datetime
    closed_at: datetime | None

    @staticmethod
    def resolve_undone_by_id(one: ChangeSet) -> int | None:
        found = getattr(one, "undone_by", None)
        return found.pk if found is not None else None


class SetPage(Schema):
    """A page, newest first; `next` is the cursor of the older page, null at the end."""

    items: list[SetOut]
    next: str | None


class SetWhole(SetOut):
    """A set, and whether you can take it back. Of an undo, `kept_rows` are rows that stayed: table, id, reason."""

    can_undo: bool
    kept_rows: list[list[Any]]


class ChangeOut(Schema):
    """A column, and what stood there before and after."""

    column: str
    before: str | None
    after: str | None


class RowOut(Schema):
    """A row that was made (I), changed (U) or removed (D); `erased` when what stood there is gone for good."""

    id: int
    table: str
    row_id: int
    op: str
    at: datetime
    erased: bool
    differences: list[ChangeOut]


class RowPage(Schema):
    """A page, in the order of happening; `next` is the cursor of the page after, null at the end."""

    items: list[RowOut]
    next: str | None


class UndoneOut(Schema):
    """How many rows went back, how many stayed since somebody changed or needs them, and the undo's own set."""

    undone: int
    kept: int
    kept_rows: list[list[Any]]
    change_set_id: int


@router.get("/changes", response=SetPage, summary="Who did what, newest first")
def changes_list(
    request: ActorRequest,
    kind: str = "",
    actor_id: Id | None = None,
    since: Moment | None = None,
    until: Moment | None = None,
    after: After | None = None,
    size: Size = 50,
) -> dict[str, Any]:
    """Your own; everybody's with the right to see the trail."""
    found = queries.sets(
        actor=request.actor, kind=kind.replace("\x00", ""), actor_id=actor_id, since=since, until=until
    )
    return page(found.select_related("undone_by"), order=("-id",), after=after, size=size)


@router.get("/changes/{int:change_set_id}", response=SetWhole, summary="One thing that was done")
def changes_get(request: ActorRequest, change_set_id: int) -> dict[str, Any]:
    """With whether you can take it back."""
    found = queries.set_get(actor=request.actor, change_set_id=change_set_id)
    names = ("id", "kind", "title", "actor_id", "actor_name", "via", "reference", "undo_of_id", "started_at",
             "closed_at")  # fmt: skip
    return {
        **{name: getattr(found, name) for name in names},
        "undone_by": getattr(found, "undone_by", None),
        "can_undo": queries.can_undo(actor=request.actor, change_set=found),
        "kept_rows": (found.outcome or {}).get("kept_rows", []),
    }


@router.get("/changes/{int:change_set_id}/rows", response=RowPage, summary="Its rows, before and after")
def changes_rows(
    request: ActorRequest, change_set_id: int, after: After | None = None, size: Size = 50
) -> dict[str, Any]:
    """Without columns that are hidden from you."""
    found = queries.set_get(actor=request.actor, change_set_id=change_set_id)
    read = page(queries.changes_of(found), order=("id",), after=after, size=size)
    rows = [queries.changed_row(request.actor, change) for change in read["items"]]
    return {"items": [{**vars(row), "differences": [vars(one) for one in row.differences]} for row in rows],
            "next": read["next"]}  # fmt: skip


@router.post("/changes/{int:change_set_id}/undo", response=UndoneOut, summary="Take it back")
def changes_undo(request: ActorRequest, change_set_id: int) -> dict[str, Any]:
    """Whatever nobody has changed since goes back; the undo can itself be undone."""
    queries.set_get(actor=request.actor, change_set_id=change_set_id)
    done = services.undo(actor=request.actor, change_set_id=change_set_id)
    kept = [[row.table, row.row_id, row.reason] for row in done.kept_rows]
    return {"undone": done.undone, "kept": done.kept, "kept_rows": kept, "change_set_id": done.change_set_id}
