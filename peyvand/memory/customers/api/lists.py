"""REST routes of lists of customers, and of who is on them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import parse_qsl

from ninja import Router, Schema
from pydantic import Field

from peyvand.foundation.accounts import settings
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.ui.rest import After, Given, Id, Size, Text, example, page
from peyvand.memory.customers import access, lists, queries, services
from peyvand.memory.customers.api.records import customer_seen, understood
from peyvand.memory.customers.models import CustomerList
from peyvand.memory.customers.services import ListData
from peyvand.memory.customers.services.bulk import Chosen

MOST_IDS = 10_000
Ids = Annotated[list[Id], Field(max_length=MOST_IDS)]
router = Router()


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
        counted = getattr(one, "counted", None)
        if counted is not None:
            return int(counted)
        return lists.member_counts(actor=context["request"].actor, ids=[one.pk]).get(one.pk, 0)


class ListPage(Schema):
    """A page; `next` is the cursor of the page after, null at the end."""

    items: list[ListOut]
    next: str | None


class ListIn(Given):
    """A new list, with these customers, or with those whom `query` gives now: a list's address, as views keep it."""

    model_config = example({"name": "Guests of the tasting", "query": "f.city=is:تهران&f.class=any:loyal"})

    name: Text = Field(max_length=120)
    description: Text = Field(default="", max_length=500)
    owner_id: Id | None = None
    team_id: Id | None = None
    shared: bool = False
    customer_ids: Ids = Field(default_factory=list)
    query: Text | None = Field(default=None, max_length=2_000)


class ListChange(Given):
    """What is to change; fields that are left out stay. With `version`, 409 when somebody changed it since."""

    model_config = example({"shared": True})

    version: int | None = Field(default=None, ge=0, le=2**31 - 1)
    name: Text = Field(default="", max_length=120)
    description: Text = Field(default="", max_length=500)
    owner_id: Id | None = None
    team_id: Id | None = None
    shared: bool = False


class ListArchived(Given):
    """Whether the list is put away."""

    model_config = example({"archived": True})

    archived: bool


class ListCopy(Given):
    """What the copy is called; "" makes a name of the first."""

    model_config = example({"name": "Guests, again"})

    name: Text = Field(default="", max_length=120)


class MembersIn(Given):
    """Customers to put on a list or to take off it; those whom you do not see are passed over."""

    model_config = example({"customer_ids": [1, 2]})

    customer_ids: Ids


class Changed(Schema):
    """How many changed, and the change set that takes it back; null when none did."""

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


def _seen(request: StaffRequest, list_id: int) -> CustomerList:
    request.actor.require(access.VIEW)
    return lists.list_get(actor=request.actor, id=list_id)


@router.get("/lists", response=ListPage, summary="Lists of customers, by name")
def lists_list(
    request: StaffRequest, archived: bool = False, after: After | None = None, size: Size = 50
) -> dict[str, Any]:
    """Your own, those of your teams and those that are shared; those in use, or the archived ones."""
    actor = request.actor
    actor.require(access.VIEW)
    found = page(lists.lists(actor=actor, archived=archived), order=lists.BY_NAME, after=after, size=size)
    counts = lists.member_counts(actor=actor, ids=[one.pk for one in found["items"]])
    for one in found["items"]:
        one.counted = counts.get(one.pk, 0)
    return found


@router.post("/lists", response={201: ListOut}, summary="Make a list")
def lists_create(request: StaffRequest, data: ListIn) -> tuple[int, CustomerList]:
    """Empty, of these customers, or of all whom a list's conditions give now; it does not change by itself."""
    actor = request.actor
    actor.require(access.VIEW)
    actor.require(access.LISTS)
    chosen: Chosen = data.customer_ids
    if data.query is not None:
        currency = queries.worth_currency(actor=actor, default=settings.text("default_currency"))
        wanted = understood(actor=actor, given=dict(parse_qsl(data.query.lstrip("?"))), currency=currency)
        chosen = queries.customers(actor=actor, chosen=wanted.chosen)
    values = data.dict(exclude={"customer_ids", "query"})
    made, _done = services.list_of(actor=actor, data=ListData(**values), customers=chosen)
    return 201, made


@router.get("/lists/{int:list_id}", response=ListOut, summary="One list")
def lists_get(request: StaffRequest, list_id: int) -> CustomerList:
    """Who is on it: `/lists/{list_id}/members`, or customers under `f.lists=any:{list_id}`."""
    return _seen(request, list_id)


@router.patch("/lists/{int:list_id}", response=ListOut, summary="Change what a list is called and who sees it")
def lists_change(request: StaffRequest, list_id: int, data: ListChange) -> CustomerList:
    """Only what is sent is changed."""
    one = _seen(request, list_id)
    names = ("name", "description", "owner_id", "team_id", "shared")
    values = {name: getattr(one, name) for name in names} | data.dict(exclude_unset=True, exclude={"version"})
    return services.list_save(actor=request.actor, data=ListData(**values), one=one, version=data.version)


@router.delete("/lists/{int:list_id}", response={204: None}, summary="Delete a list; undo brings it back")
def lists_remove(request: StaffRequest, list_id: int) -> tuple[int, None]:
    """The customers stay."""
    services.list_delete(actor=request.actor, one=_seen(request, list_id))
    return 204, None


@router.post("/lists/{int:list_id}/archive", response=ListOut, summary="Put a list away, or take it up again")
def lists_archive(request: StaffRequest, list_id: int, data: ListArchived) -> CustomerList:
    """Its members are kept."""
    services.list_archive(actor=request.actor, one=_seen(request, list_id), archived=data.archived)
    return _seen(request, list_id)


@router.post("/lists/{int:list_id}/copy", response={201: ListOut}, summary="Copy a list")
def lists_copy(request: StaffRequest, list_id: int, data: ListCopy) -> tuple[int, CustomerList]:
    """The copy is yours, with whoever you see of the members."""
    request.actor.require(access.LISTS)
    return 201, services.list_copy(actor=request.actor, one=_seen(request, list_id), name=data.name)


@router.get("/lists/{int:list_id}/members", response=MemberPage, summary="Who is on a list, by name")
def members_list(request: StaffRequest, list_id: int, after: After | None = None, size: Size = 50) -> dict[str, Any]:
    """Of those whom you may see."""
    found = lists.members(actor=request.actor, one=_seen(request, list_id))
    return page(found, order=("sort_key", "id"), after=after, size=size)


@router.post("/lists/{int:list_id}/members", response=Changed, summary="Put customers on a list")
def members_add(request: StaffRequest, list_id: int, data: MembersIn) -> Any:
    """Those who are on it already stay."""
    one = _seen(request, list_id)
    return services.list_add(actor=request.actor, one=one, customers=data.customer_ids)


@router.post("/lists/{int:list_id}/members/remove", response=Changed, summary="Take customers off a list")
def members_remove(request: StaffRequest, list_id: int, data: MembersIn) -> Any:
    """The customers themselves stay."""
    one = _seen(request, list_id)
    return services.list_remove(actor=request.actor, one=one, customers=data.customer_ids)


@router.get("/customers/{int:customer_id}/lists", response=list[ListOut], summary="The lists that a customer is on")
def lists_of_one(request: StaffRequest, customer_id: int) -> Any:
    """Of the lists that you see, those in use."""
    customer = customer_seen(request, customer_id)
    return lists.lists(actor=request.actor).filter(members__customer=customer)
