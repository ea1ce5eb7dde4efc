"""REST routes of what the house asks customers to allow, and in which words."""

from __future__ import annotations

from typing import Any, Literal

from ninja import Router, Schema
from pydantic import Field

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.ui.rest import Given, Text, example
from peyvand.memory.consents import access, queries, services
from peyvand.memory.consents.models import Purpose, PurposeKind, Wording
from peyvand.memory.consents.services import PurposeData

router = Router()


class WordingOut(Schema):
    """The exact text of a version; `sha` is SHA-256 over it."""

    id: int
    language: str
    version: int
    text: str
    sha: str


class PurposeOut(Schema):
    """What may be allowed. `opt_out`: allowed until the customer says no. `wordings` are the latest, by language."""

    key: str
    name_fa: str
    name_en: str
    kind: str
    description: str
    opt_out: bool
    archived: bool
    wordings: list[WordingOut]


class PurposeChange(Given):
    """What a purpose is to be; what is left out stays."""

    model_config = example({"description": "Once a month, by e-mail."})

    name_fa: Text = Field(default="", max_length=80)
    name_en: Text = Field(default="", max_length=80)
    kind: str = Field(default="marketing", max_length=12, description=f"One of: {', '.join(PurposeKind.values)}.")
    description: Text = Field(default="", max_length=500)
    opt_out: bool = Field(default=False, description="Allowed until the customer says no.")


class PurposeIn(PurposeChange):
    """A new purpose. `key` names it in programs, for good; without one it is made of the English name."""

    model_config = example({"key": "tastings", "name_fa": "چای‌چشی", "name_en": "Tastings"})

    key: str = Field(default="", max_length=40)


class PurposeArchived(Given):
    """Whether it is asked for no more."""

    model_config = example({"archived": True})

    archived: bool


class PurposeMove(Given):
    """One place up, or down."""

    model_config = example({"up": True})

    up: bool


class WordingIn(Given):
    """The question in one language, as customers read it."""

    model_config = example({"language": "en", "text": "Write to me when there is a tasting."})

    language: Literal["fa", "en"]
    text: Text = Field(max_length=4_000)


def _purpose(request: StaffRequest, key: str) -> Purpose:
    return queries.purpose_get(actor=request.actor, key=key)


def _managed(request: StaffRequest, key: str) -> Purpose:
    request.actor.require(access.MANAGE)
    return _purpose(request, key)


def _out(one: Purpose, latest: dict[tuple[int, str], Wording]) -> dict[str, Any]:
    names = ("key", "name_fa", "name_en", "kind", "description", "opt_out", "archived")
    wordings = [wording for (purpose_id, _language), wording in sorted(latest.items()) if purpose_id == one.pk]
    return {name: getattr(one, name) for name in names} | {"wordings": wordings}


@router.get("/consents/purposes", response=list[PurposeOut], summary="What customers may allow")
def purposes_list(request: StaffRequest) -> list[dict[str, Any]]:
    """Archived ones too, in their order."""
    request.actor.require(access.VIEW)
    latest = queries.wordings_now(actor=request.actor)
    return [_out(one, latest) for one in queries.purposes(actor=request.actor, archived=True)]


@router.post("/consents/purposes", response={201: PurposeOut}, summary="Add a purpose")
def purposes_create(request: StaffRequest, data: PurposeIn) -> tuple[int, dict[str, Any]]:
    """Word it afterwards, in one language or both."""
    made = services.purpose_save(actor=request.actor, data=PurposeData(**data.dict()))
    return 201, _out(made, {})


@router.patch("/consents/purposes/{key}", response=PurposeOut, summary="Change a purpose")
def purposes_change(request: StaffRequest, key: str, data: PurposeChange) -> dict[str, Any]:
    """Its key stays."""
    found = _managed(request, key)
    names = ("name_fa", "name_en", "kind", "description", "opt_out")
    values = {name: getattr(found, name) for name in names} | data.dict(exclude_unset=True)
    changed = services.purpose_save(actor=request.actor, data=PurposeData(**values), purpose=found)
    return _out(changed, queries.wordings_now(actor=request.actor))


@router.post("/consents/purposes/{key}/archive", response=PurposeOut, summary="Ask for it no more, or again")
def purposes_archive(request: StaffRequest, key: str, data: PurposeArchived) -> dict[str, Any]:
    """What was said stays."""
    services.purpose_archive(actor=request.actor, purpose=_managed(request, key), archived=data.archived)
    return _out(_purpose(request, key), queries.wordings_now(actor=request.actor))


@router.post("/consents/purposes/{key}/move", response=list[PurposeOut], summary="One place up or down")
def purposes_move(request: StaffRequest, key: str, data: PurposeMove) -> list[dict[str, Any]]:
    """Gives all of them in their new order."""
    services.purpose_move(actor=request.actor, purpose=_managed(request, key), up=data.up)
    latest = queries.wordings_now(actor=request.actor)
    return [_out(one, latest) for one in queries.purposes(actor=request.actor, archived=True)]


@router.get("/consents/purposes/{key}/wordings", response=list[WordingOut], summary="All versions of its words")
def wordings_list(request: StaffRequest, key: str) -> list[Wording]:
    """By language, the newest first."""
    request.actor.require(access.VIEW)
    return list(queries.wordings(actor=request.actor, purpose=_purpose(request, key)))


@router.post("/consents/purposes/{key}/wordings", response={201: WordingOut}, summary="Word the question anew")
def wordings_create(request: StaffRequest, key: str, data: WordingIn) -> tuple[int, Wording]:
    """A new version, unless it is the latest one letter by letter; consents name the version they were given to."""
    found = _managed(request, key)
    return 201, services.wording_save(actor=request.actor, purpose=found, language=data.language, text=data.text)
