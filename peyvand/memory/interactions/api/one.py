"""REST routes of one interaction: read, correct, pin, files, and whose history it is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponseBase
from ninja import File, Router, Schema
from ninja.files import UploadedFile

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.files.web.views import sent
from peyvand.foundation.ui.rest import Given, Id, example
from peyvand.memory.customers import queries as customer_queries
from peyvand.memory.interactions import access, queries, services
from peyvand.memory.interactions.api.schemas import InteractionChange, InteractionOut
from peyvand.memory.interactions.models import Interaction, InteractionFile, Joining
from peyvand.memory.interactions.services import Recognised

router = Router()


class FileOut(Schema):
    """A file of a note, call or meeting; `size` in bytes."""

    id: int
    name: str
    size: int
    content_type: str
    added_at: datetime

    @staticmethod
    def resolve_name(one: InteractionFile) -> str:
        return one.file.name

    @staticmethod
    def resolve_size(one: InteractionFile) -> int:
        return one.file.size

    @staticmethod
    def resolve_content_type(one: InteractionFile) -> str:
        return one.file.content_type


class DifferenceOut(Schema):
    """A column, and what stood there before and after."""

    column: str
    before: str | None
    after: str | None


class VersionOut(Schema):
    """One change of an interaction: I made, U changed; `erased` when what stood there is gone for good."""

    op: str
    at: datetime
    by: str
    change_set_id: int | None
    erased: bool
    differences: list[DifferenceOut]


class AttachIn(Given):
    """Whose the history is."""

    model_config = example({"customer_id": 1})

    customer_id: Id


class JoiningOut(Schema):
    """History of an unknown person that came to a customer: how many rows, and since when it is theirs.

    `identity_key` is empty where phones or e-mails are hidden from you.
    """

    id: int
    customer_id: int
    identity_kind: str
    identity_system: str
    identity_key: str
    rows: int
    at: datetime


class DetachedOut(Schema):
    """How many interactions are without customer again."""

    rows: int


def _one(request: StaffRequest, interaction_id: int) -> Interaction:
    return queries.interaction_get(actor=request.actor, id=interaction_id)


@router.get("/interactions/{int:interaction_id}", response=InteractionOut, summary="One interaction")
def interactions_get(request: StaffRequest, interaction_id: int) -> Interaction:
    """Of a customer whom you may see, unless it is kept for others."""
    return _one(request, interaction_id)


@router.patch("/interactions/{int:interaction_id}", response=InteractionOut, summary="Correct a note, call or meeting")
def interactions_correct(request: StaffRequest, interaction_id: int, data: InteractionChange) -> Interaction:
    """Only what is sent is changed; the earlier version stays in its history."""
    request.actor.require(access.EDIT)
    _one(request, interaction_id)
    changes = data.dict(exclude_unset=True, exclude={"version"})
    if changes.get("at", 0) is None:
        del changes["at"]
    services.interaction_correct(
        actor=request.actor, interaction_id=interaction_id, changes=changes, version=data.version
    )
    return _one(request, interaction_id)


@router.delete("/interactions/{int:interaction_id}", response={204: None}, summary="Take back a note, call or meeting")
def interactions_remove(request: StaffRequest, interaction_id: int) -> tuple[int, None]:
    """Undo brings it again. What other rooms recorded goes only with what it stands for."""
    request.actor.require(access.EDIT)
    services.interaction_delete(actor=request.actor, interaction=_one(request, interaction_id))
    return 204, None


@router.get("/interactions/{int:interaction_id}/history", response=list[VersionOut], summary="How it came to be so")
def interactions_history(request: StaffRequest, interaction_id: int) -> list[dict[str, Any]]:
    """Its changes, newest first, with who made them."""
    found = queries.provenance(actor=request.actor, interaction=_one(request, interaction_id))
    return [
        {
            "op": row.op, "at": row.at, "by": made.actor_name if made else "", "erased": row.erased,
            "change_set_id": made.pk if made else None, "differences": [vars(one) for one in row.differences],
        }
        for row, made in found
    ]  # fmt: skip


@router.put("/interactions/{int:interaction_id}/pin", response=InteractionOut, summary="Pin it to the top")
def interactions_pin(request: StaffRequest, interaction_id: int) -> Interaction:
    """Of its customer's history, where at most five are pinned."""
    request.actor.require(access.EDIT)
    _one(request, interaction_id)
    services.interaction_pin(actor=request.actor, interaction_id=interaction_id)
    return _one(request, interaction_id)


@router.delete("/interactions/{int:interaction_id}/pin", response=InteractionOut, summary="Take it off the top")
def interactions_unpin(request: StaffRequest, interaction_id: int) -> Interaction:
    """It goes back to its place."""
    request.actor.require(access.EDIT)
    _one(request, interaction_id)
    services.interaction_unpin(actor=request.actor, interaction_id=interaction_id)
    return _one(request, interaction_id)


# ── files ─────────────────────────────────────────────────────────────────


@router.get("/interactions/{int:interaction_id}/files", response=list[FileOut], summary="Its files")
def files_list(request: StaffRequest, interaction_id: int) -> list[InteractionFile]:
    """Who may see the interaction may have them."""
    found = _one(request, interaction_id)
    return queries.files_of([found]).get(found.pk, [])


@router.post("/interactions/{int:interaction_id}/files", response={201: FileOut}, summary="Attach a file")
def files_add(request: StaffRequest, interaction_id: int, file: File[UploadedFile]) -> tuple[int, InteractionFile]:
    """To a note, call or meeting, at most ten; its bytes must be what its type says."""
    request.actor.require(access.EDIT)
    _one(request, interaction_id)
    return 201, services.file_add(
        actor=request.actor, interaction_id=interaction_id, name=file.name or "file", stream=file.file or file,
        content_type=file.content_type or "",
    )  # fmt: skip


@router.get(
    "/interactions/files/{int:file_id}", summary="A file's bytes", response={200: None},
    openapi_extra={"responses": {200: {"content": {"application/octet-stream": {}}}}},
)  # fmt: skip
def files_get(request: StaffRequest, file_id: int) -> HttpResponseBase:
    """As an attachment, never to be shown."""
    kept, stream = services.file_open(actor=request.actor, file_id=file_id)
    stream.close()
    return sent(request, kept)


@router.delete("/interactions/files/{int:file_id}", response={204: None}, summary="Take a file off")
def files_remove(request: StaffRequest, file_id: int) -> tuple[int, None]:
    """Undo brings it again."""
    services.file_remove(actor=request.actor, file_id=file_id)
    return 204, None


# ── whose history it is ───────────────────────────────────────────────────


@router.post(
    "/interactions/{int:interaction_id}/attach", response={201: JoiningOut, 204: None},
    summary="Give the history of an unknown person to a customer",
)  # fmt: skip
def interactions_attach(
    request: StaffRequest, interaction_id: int, data: AttachIn
) -> tuple[int, dict[str, Any] | None]:
    """Everything of the same phone, address or visitor that has no customer yet; 204 where there is nothing left."""
    request.actor.require(access.EDIT)
    found = _one(request, interaction_id)
    if found.customer_id is not None or not found.identity_key:
        raise Http404
    customer = customer_queries.customer_get(actor=request.actor, id=data.customer_id)
    recognised = Recognised(found.identity_kind, found.identity_key, found.identity_system)
    joined = services.attach(actor=request.actor, identity=recognised, customer=customer)
    return (201, _joining(request, joined)) if joined is not None else (204, None)


def _joining(request: StaffRequest, one: Joining) -> dict[str, Any]:
    """With the phone or address only for those who see such."""
    found = {name: getattr(one, name) for name in JoiningOut.model_fields}
    hidden = one.identity_kind in customer_queries.hidden_kinds(request.actor)
    return {**found, "identity_key": ""} if hidden else found


@router.get("/customers/{int:customer_id}/joinings", response=list[JoiningOut], summary="History that was attached")
def joinings_list(request: StaffRequest, customer_id: int) -> list[dict[str, Any]]:
    """What came to the customer once they were known and is still theirs, the latest first."""
    request.actor.require(access.VIEW)
    customer = customer_queries.customer_get(actor=request.actor, id=customer_id)
    found = services.joinings(actor=request.actor, customer_id=customer.pk)
    return [_joining(request, one) for one in found]


@router.post("/joinings/{int:joining_id}/detach", response=DetachedOut, summary="That was wrong: take it back")
def joinings_detach(request: StaffRequest, joining_id: int) -> dict[str, int]:
    """Exactly what that act gave is without customer again; twice does nothing."""
    return {"rows": services.detach(actor=request.actor, joining_id=joining_id)}
