"""REST routes of lists of customers and of stages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import parse_qsl

from django.core.exceptions import ValidationError
from django.http import Http404
from ninja import Router, Schema
from ninja.errors import HttpError
from pydantic import Field

from peyvand.foundation.accounts import settings
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.fields import access as fields_access
from peyvand.foundation.ui.lists import BadCursorError, paginate
from peyvand.memory.customers import access, lists, queries, services
from peyvand.memory.customers.errors import ConflictError, InvalidError
from peyvand.memory.customers.filters import asked
from peyvand.memory.customers.models import Customer, CustomerList, Stage
from peyvand.memory.customers.services import ListData, StageData
from peyvand.memory.customers.services.bulk import Chosen
from peyvand.memory.customers.stages import stages, stages_ensure

LARGEST_PAGE = 200
MOST_IDS = 10_000
Ids = Annotated[list[Annotated[int, Field(ge=1, le=2**63 - 1)]], Field(max_length=MOST_IDS)]
router = Router(tags=["lists"])


class ListOut(Schema):
    """A list of customers; `members` counts those whom you see. Send `version` back when changing it."""

    id: int
    name: str
    description: str
    owner_id: int | None
    team_id: int | None
    shared: bool
    archived: bool
    members: int
    created_at: datetime
    version: int

    @staticmethod
    def resolve_members(one: CustomerList, context: Any) -> int:
        return lists.member_counts(actor=context["request"].actor, ids=[one.pk]).get(one.pk, 0)


class ListPage(Schema):
    """A page; `next` is the cursor of the page after, null at the end."""

    items: list[ListOut]
    next: str | None


class ListIn(Schema):
    """A new list, with these customers, or with those whom `query` gives now: a list's address, as views keep it."""

    name: str = Field(max_length=120)
    description: str = Field(default="", max_length=500)
    owner_id: int | None = None
    team_id: int | None = None
    shared: bool = False
    customer_ids: Ids = Field(default_factory=list)
    query: str | None = Field(default=None, max_length=2000)


class ListChange(Schema):
    """What is to change; fields that are left out stay. With `version`, 409 when somebody changed it since."""

    version: int | None = None
    name: str = Field(default="", max_length=120)
    description: str = Field(default="", max_length=500)
    owner_id: int | None = None
    team_id: int | None = None
    shared: bool = False


class Archived(Schema):
    """Whether it is put away."""

    archived: bool = True


class CopyIn(Schema):
    """What the copy is called; "" makes a name of the first."""

    name: str = Field(default="", max_length=120)


class MembersIn(Schema):
    """Customers to put on a list or to take off it; those whom you do not see are passed over."""

    customer_ids: Ids


class Changed(Schema):
    """How many changed, and the change set that takes it back."""

    changed: int
    change_set_id: int | None


class MemberOut(Schema):
    """A customer on a list."""

    id: int
    name: str
    kind: str


class MemberPage(Schema):
    """A page; `next` is the cursor of the page after, null at the end."""

    items: list[MemberOut]
    next: str | None


class StageOut(Schema):
    """Where somebody may stand in their life as a customer; `key` names it for good."""

    key: str
    name_fa: str
    name_en: str
    position: int
    archived: bool


class StageIn(Schema):
    """A stage as it is to be; `key` "" makes one of the name, and is never changed later."""

    name_fa: str = Field(default="", max_length=80)
    name_en: str = Field(default="", max_length=80)
    key: str = Field(default="", max_length=40)


class Move(Schema):
    """One place earlier, or later."""

    up: bool = True


@contextmanager
def _refusals() -> Iterator[None]:
    """The services' refusals as the API's: 422 by field, 409, 404."""
    try:
        yield
    except InvalidError as error:
        raise ValidationError({name or "__all__": str(message) for name, message in error.errors.items()}) from error
    except ConflictError as error:
        raise HttpError(409, f"changed meanwhile; the version is {error.version}") from error
    except (CustomerList.DoesNotExist, Customer.DoesNotExist, Stage.DoesNotExist):
        raise Http404 from None


def _get(request: StaffRequest, list_id: int) -> CustomerList:
    request.actor.require(access.VIEW)
    with _refusals():
        return lists.list_get(actor=request.actor, id=list_id)


@router.get("/lists", response=ListPage, summary="Lists of customers, by name")
def lists_list(
    request: StaffRequest, archived: bool = False, after: str | None = None,
    size: Annotated[int, Field(ge=1, le=LARGEST_PAGE)] = 50,
) -> dict[str, Any]:  # fmt: skip
    request.actor.require(access.VIEW)
    found = lists.lists(actor=request.actor, archived=archived)
    try:
        page = paginate(found, order=lists.BY_NAME, cursor=after, size=size)
    except BadCursorError:
        raise HttpError(400, "this cursor is of another list") from None
    return {"items": page.rows, "next": page.next_cursor}


@router.post("/lists", response={201: ListOut}, summary="Make a list, empty, of these, or of those whom a filter gives")
def lists_create(request: StaffRequest, data: ListIn) -> tuple[int, CustomerList]:
    actor = request.actor
    actor.require(access.VIEW)
    actor.require(access.LISTS)
    chosen: Chosen = data.customer_ids
    if data.query is not None:
        currency = queries.worth_currency(actor=actor, default=settings.text("default_currency"))
        wanted = asked(actor=actor, query=dict(parse_qsl(data.query.lstrip("?"))), currency=currency)
        chosen = queries.customers(actor=actor, chosen=wanted.chosen)
    with _refusals():
        values = data.dict(exclude={"customer_ids", "query"})
        made, _done = services.list_of(actor=actor, data=ListData(**values), customers=chosen)
    return 201, made


@router.get("/lists/{int:list_id}", response=ListOut, summary="One list")
def lists_get(request: StaffRequest, list_id: int) -> CustomerList:
    return _get(request, list_id)


@router.patch("/lists/{int:list_id}", response=ListOut, summary="Change what a list is called and who sees it")
def lists_change(request: StaffRequest, list_id: int, data: ListChange) -> CustomerList:
    one = _get(request, list_id)
    names = ("name", "description", "owner_id", "team_id", "shared")
    values = {name: getattr(one, name) for name in names} | data.dict(exclude_unset=True, exclude={"version"})
    with _refusals():
        return services.list_save(actor=request.actor, data=ListData(**values), one=one, version=data.version)


@router.delete("/lists/{int:list_id}", response={204: None}, summary="Delete a list; the customers stay")
def lists_remove(request: StaffRequest, list_id: int) -> tuple[int, None]:
    one = _get(request, list_id)
    with _refusals():
        services.list_delete(actor=request.actor, one=one)
    return 204, None


@router.post("/lists/{int:list_id}/archive", response=ListOut, summary="Put a list away, or take it up again")
def lists_archive(request: StaffRequest, list_id: int, data: Archived) -> CustomerList:
    one = _get(request, list_id)
    with _refusals():
        services.list_archive(actor=request.actor, one=one, archived=data.archived)
    return _get(request, list_id)


@router.post("/lists/{int:list_id}/copy", response={201: ListOut}, summary="A copy of one's own")
def lists_copy(request: StaffRequest, list_id: int, data: CopyIn) -> tuple[int, CustomerList]:
    request.actor.require(access.LISTS)
    one = _get(request, list_id)
    with _refusals():
        return 201, services.list_copy(actor=request.actor, one=one, name=data.name)


@router.get("/lists/{int:list_id}/members", response=MemberPage, summary="Who is on a list, by name")
def members_list(
    request: StaffRequest, list_id: int, after: str | None = None,
    size: Annotated[int, Field(ge=1, le=LARGEST_PAGE)] = 50,
) -> dict[str, Any]:  # fmt: skip
    found = lists.members(actor=request.actor, one=_get(request, list_id))
    try:
        page = paginate(found, order=("sort_key", "id"), cursor=after, size=size)
    except BadCursorError:
        raise HttpError(400, "this cursor is of another list") from None
    return {"items": page.rows, "next": page.next_cursor}


@router.post("/lists/{int:list_id}/members", response=Changed, summary="Put customers on a list")
def members_add(request: StaffRequest, list_id: int, data: MembersIn) -> Any:
    one = _get(request, list_id)
    with _refusals():
        return services.list_add(actor=request.actor, one=one, customers=data.customer_ids)


@router.post("/lists/{int:list_id}/members/remove", response=Changed, summary="Take customers off a list")
def members_remove(request: StaffRequest, list_id: int, data: MembersIn) -> Any:
    one = _get(request, list_id)
    with _refusals():
        return services.list_remove(actor=request.actor, one=one, customers=data.customer_ids)


def _stage(request: StaffRequest, key: str) -> Stage:
    request.actor.require(fields_access.MANAGE)
    stages_ensure(demo=request.actor.demo)
    found = Stage.objects.visible_to(request.actor).filter(key=key).first()
    if found is None:
        raise Http404
    return found


@router.get("/stages", response=list[StageOut], summary="Stages of customers, in their order")
def stages_list(request: StaffRequest) -> list[Stage]:
    request.actor.require(access.VIEW)
    return stages(actor=request.actor)


@router.post("/stages", response={201: StageOut}, summary="Add a stage")
def stages_create(request: StaffRequest, data: StageIn) -> tuple[int, Stage]:
    with _refusals():
        return 201, services.stage_save(actor=request.actor, data=StageData(**data.dict()))


@router.patch("/stages/{key}", response=StageOut, summary="Rename a stage")
def stages_change(request: StaffRequest, key: str, data: StageIn) -> Stage:
    one = _stage(request, key)
    with _refusals():
        names = {"name_fa": one.name_fa, "name_en": one.name_en} | data.dict(exclude_unset=True, exclude={"key"})
        return services.stage_save(actor=request.actor, data=StageData(**names), stage=one)


@router.post("/stages/{key}/archive", response=StageOut, summary="Set a stage no more, or again")
def stages_archive(request: StaffRequest, key: str, data: Archived) -> Stage:
    with _refusals():
        services.stage_archive(actor=request.actor, stage=_stage(request, key), archived=data.archived)
    return _stage(request, key)


@router.post("/stages/{key}/move", response=list[StageOut], summary="One place earlier or later")
def stages_move(request: StaffRequest, key: str, data: Move) -> list[Stage]:
    services.stage_move(actor=request.actor, stage=_stage(request, key), up=data.up)
    return stages(actor=request.actor)
