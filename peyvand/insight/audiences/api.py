"""REST routes of audiences; doors.api mounts them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext
from ninja import Router, Schema
from ninja.params.functions import Query
from pydantic import Field

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.ui.formats import number
from peyvand.foundation.ui.rest import After, Given, Id, Size, Text, example, page
from peyvand.insight.audiences import access, conditions, overlapping, queries, services
from peyvand.insight.audiences.answers import Reason
from peyvand.insight.audiences.errors import AudienceRefusedError
from peyvand.insight.audiences.models import Audience
from peyvand.insight.audiences.reading import Reading
from peyvand.insight.audiences.services import AudienceData
from peyvand.memory.customers import access as customers
from peyvand.memory.customers.queries import customer_get

router = Router(tags=["audiences"])
TREE = {
    "all": [
        {"field": "city", "operator": "is", "values": ["تهران"]},
        {"did": "ordered", "of": [], "count": {"operator": "least", "n": 2}, "within": {"last": 90}, "not": False},
    ]
}


class AudienceOut(Schema):
    """An audience. `said` is its conditions as a sentence; `members` counts those whom you see, null where it asks for
    what is kept from you, as is `tree` then. `due`: members are about to be looked up anew. `trouble` says why they are
    not kept any more.
    """

    id: int
    name: str
    note: str
    kind: str
    owner_id: int | None
    team_id: int | None
    shared: bool
    archived: bool
    tree: dict[str, Any] | None
    said: str
    members: int | None
    computed_at: datetime | None
    due: bool
    trouble: str
    created_at: datetime
    version: int

    @staticmethod
    def resolve_tree(one: Audience, context: Any) -> dict[str, Any] | None:
        return None if _concealed(one, context) else dict(one.tree)

    @staticmethod
    def resolve_said(one: Audience, context: Any) -> str:
        request = context["request"]
        reading: Reading = request.__dict__.setdefault("audience_words", Reading(request.actor, lenient=True))
        return conditions.plain(one.tree, actor=request.actor, reading=reading)

    @staticmethod
    def resolve_members(one: Audience, context: Any) -> int | None:
        if _concealed(one, context):
            return None
        counted: int | None = getattr(one, "counted", None)  # of a list, all at once
        if counted is not None:
            return counted
        return queries.member_count(actor=context["request"].actor, audience=one)

    @staticmethod
    def resolve_trouble(one: Audience, context: Any) -> str:
        return queries.trouble(actor=context["request"].actor, audience=one)


def _concealed(one: Audience, context: Any) -> bool:
    """Asked once an audience; what the actor may ask is read once a request."""
    known: bool | None = getattr(one, "concealed", None)
    if known is None:
        request = context["request"]
        reading: Reading = request.__dict__.setdefault("audience_reading", Reading(request.actor))
        known = one.concealed = queries.concealed(actor=request.actor, audience=one, reading=reading)  # type: ignore[attr-defined]
    return known


class AudiencePage(Schema):
    """A page; `next` is the cursor of the page after, null at the end."""

    items: list[AudienceOut]
    next: str | None


class AudienceIn(Given):
    """A new audience; `tree` as docs/audiences.md has it, or `mined` ({"currency", "group"}) in its place."""

    model_config = example({"name": "Regulars of Tehran", "tree": TREE})

    name: Text = Field(max_length=200)
    note: Text = Field(default="", max_length=1_000)
    tree: dict[str, Any] = Field(default_factory=dict)
    mined: dict[str, Any] | None = None
    owner_id: Id | None = None
    team_id: Id | None = None
    shared: bool = False


class AudienceChange(Given):
    """What is to change; fields that are left out stay. With `version`, 409 when somebody changed it since."""

    model_config = example({"shared": True})

    version: int | None = Field(default=None, ge=0, le=2**31 - 1)
    name: Text = Field(default="", max_length=200)
    note: Text = Field(default="", max_length=1_000)
    tree: dict[str, Any] = Field(default_factory=dict)
    owner_id: Id | None = None
    team_id: Id | None = None
    shared: bool = False


class AudienceArchived(Given):
    """Whether the audience is put away."""

    model_config = example({"archived": True})

    archived: bool


class TreeIn(Given):
    """Conditions, to be tried."""

    model_config = example({"tree": TREE})

    tree: dict[str, Any]


class SizeOut(Schema):
    """How many of the `of` customers whom you see; `approximate` where it comes from a sample. `after` says how many
    are left after each condition of the first group.
    """

    count: int
    of: int
    approximate: bool
    after: list[int]
    said: str


class AudienceMemberOut(Schema):
    """A customer in an audience."""

    id: int
    name: str
    kind: str


class AudienceMemberPage(Schema):
    """A page; `next` is the cursor of the page after, null at the end."""

    items: list[AudienceMemberOut]
    next: str | None


class WhyOut(Schema):
    """Why somebody is in or out. `reason` is {"said", "holds", "detail", "way", "parts"}; of a group `way` is all, any
    or none and `parts` are its conditions.
    """

    inside: bool
    since: datetime | None
    frozen: bool
    reason: dict[str, Any]


def _seen(request: StaffRequest, audience_id: int) -> Audience:
    request.actor.require(access.VIEW)
    request.actor.require(customers.VIEW)
    return queries.audience_get(actor=request.actor, id=audience_id)


class OverlapPairOut(Schema):
    """How many customers whom you see are in both; of an audience with itself, in it."""

    a: int
    b: int
    customers: int


class OverlapOut(Schema):
    """What audiences have in common."""

    pairs: list[OverlapPairOut]


@router.get("/audiences", response=AudiencePage, summary="Audiences, by name")
def audiences_list(
    request: StaffRequest, archived: bool = False, after: After | None = None, size: Size = 50
) -> dict[str, Any]:
    """Your own, those of your teams and those that are shared; those in use, or the archived ones."""
    request.actor.require(access.VIEW)
    request.actor.require(customers.VIEW)
    found = page(
        queries.audiences(actor=request.actor, archived=archived), order=("sorted_by", "id"), after=after, size=size
    )
    counts = queries.member_counts(actor=request.actor, audiences=found["items"])
    for one in found["items"]:
        one.counted = counts[one.pk]
    return found


@router.post("/audiences", response={201: AudienceOut}, summary="Make an audience")
def audiences_create(request: StaffRequest, data: AudienceIn) -> tuple[int, Audience]:
    """It follows what happens from now on; freeze it to keep who is in it."""
    return 201, services.audience_create(actor=request.actor, data=AudienceData(**data.dict()))


@router.post("/audiences/size", response=SizeOut, summary="How many customers conditions fit")
def audiences_size(request: StaffRequest, data: TreeIn) -> dict[str, Any]:
    """Of those whom you see; nothing is kept."""
    actor = request.actor
    actor.require(access.VIEW)
    actor.require(customers.VIEW)
    tree = conditions.read(data.tree, actor=actor)
    size = queries.size(actor=actor, tree=tree)
    said = conditions.plain(tree, actor=actor)
    return {
        "count": size.count,
        "of": size.of,
        "approximate": size.approximate,
        "after": list(size.after),
        "said": said,
    }


@router.get("/audiences/{int:audience_id}", response=AudienceOut, summary="One audience")
def audiences_get(request: StaffRequest, audience_id: int) -> Audience:
    """Who is in it: `/audiences/{audience_id}/members`, or customers under `f.audiences=any:{audience_id}`."""
    return _seen(request, audience_id)


@router.patch("/audiences/{int:audience_id}", response=AudienceOut, summary="Change an audience")
def audiences_change(request: StaffRequest, audience_id: int, data: AudienceChange) -> Audience:
    """Only what is sent is changed."""
    one = _seen(request, audience_id)
    names = ("name", "note", "tree", "owner_id", "team_id", "shared")
    values = {name: getattr(one, name) for name in names} | data.dict(exclude_unset=True, exclude={"version"})
    data_ = AudienceData(**values)
    return services.audience_change(actor=request.actor, audience=one, data=data_, version=data.version)


@router.post(
    "/audiences/{int:audience_id}/archive", response=AudienceOut, summary="Put an audience away, or take it up"
)
def audiences_archive(request: StaffRequest, audience_id: int, data: AudienceArchived) -> Audience:
    """One that others ask for cannot be put away."""
    one = _seen(request, audience_id)
    services.audience_archive(actor=request.actor, audience=one, archived=data.archived)
    return _seen(request, audience_id)


@router.post("/audiences/{int:audience_id}/freeze", response=AudienceOut, summary="Keep who is in an audience")
def audiences_freeze(request: StaffRequest, audience_id: int) -> Audience:
    """Members stay who they are now."""
    return services.audience_freeze(actor=request.actor, audience=_seen(request, audience_id))


@router.post("/audiences/{int:audience_id}/thaw", response=AudienceOut, summary="Make a frozen audience live again")
def audiences_thaw(request: StaffRequest, audience_id: int) -> Audience:
    """Members follow what happens again."""
    return services.audience_thaw(actor=request.actor, audience=_seen(request, audience_id))


@router.get("/audiences/{int:audience_id}/members", response=AudienceMemberPage, summary="Who is in it, by name")
def audiences_members(
    request: StaffRequest, audience_id: int, after: After | None = None, size: Size = 50
) -> dict[str, Any]:
    """Of those whom you may see; 403 where the audience asks for what is kept from you."""
    found = queries.members(actor=request.actor, audience=_seen(request, audience_id))
    return page(found, order=("sort_key", "id"), after=after, size=size)


@router.get("/audiences/{int:audience_id}/why", response=WhyOut, summary="Why somebody is in it or not")
def audiences_why(request: StaffRequest, audience_id: int, customer_id: Id) -> dict[str, Any]:
    """Every condition with whether it holds for this customer, and what is known."""
    audience = _seen(request, audience_id)
    customer = customer_get(actor=request.actor, id=customer_id)
    why = queries.why(actor=request.actor, audience=audience, customer=customer)
    return {"inside": why.inside, "since": why.since, "frozen": why.frozen, "reason": _plain(why.tree)}


@router.get("/audiences/{int:audience_id}/overlap", response=OverlapOut, summary="Whom it has in common with others")
def audiences_overlap(
    request: StaffRequest,
    audience_id: int,
    others: str = Query("", max_length=200, description="Ids of other audiences, with commas."),
) -> dict[str, Any]:
    """Of those whom you see, for each two of these audiences, the lower id first, and each with itself. One that asks
    for what is kept from you is left out.
    """
    named = [one.strip() for one in others.split(",") if one.strip()]
    numbers = {int(one) for one in named if one.isascii() and one.isdecimal() and len(one) < 19}
    found = [_seen(request, one) for one in sorted({audience_id, *numbers})]
    if len(numbers) < len(set(named)) or len(found) > overlapping.MOST:
        wrong = gettext("Choose two to %(most)s audiences.") % {"most": number(overlapping.MOST)}
        raise AudienceRefusedError({"others": wrong})
    pairs = overlapping.overlap(actor=request.actor, audiences=found)
    return {"pairs": [{"a": a, "b": b, "customers": both} for (a, b), both in sorted(pairs.items())]}


def _plain(reason: Reason) -> dict[str, Any]:
    return {
        "said": reason.said, "holds": reason.holds, "detail": reason.detail, "way": reason.way,
        "parts": [_plain(one) for one in reason.parts],
    }  # fmt: skip
