"""REST routes of the stages of customers' lives."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from ninja import Router, Schema
from pydantic import Field

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.fields import access as fields_access
from peyvand.foundation.ui.rest import Given, Text, example
from peyvand.memory.customers import access, services
from peyvand.memory.customers.models import Stage
from peyvand.memory.customers.services import StageData
from peyvand.memory.customers.stages import stages, stages_ensure

router = Router()


class StageOut(Schema):
    """Where somebody may stand in their life as a customer; `key` names it for good."""

    key: str
    name_fa: str
    name_en: str
    position: int
    archived: bool


class StageIn(Given):
    """A stage as it is to be, named in one language at least; without a `key` one is made of the name."""

    model_config = example({"name_fa": "آزمایشی", "name_en": "Trial"})

    name_fa: Text = Field(default="", max_length=80)
    name_en: Text = Field(default="", max_length=80)
    key: Text = Field(default="", max_length=40)


class StageChange(Given):
    """What it is to be called; a language that is left out stays."""

    model_config = example({"name_en": "On trial"})

    name_fa: Text = Field(default="", max_length=80)
    name_en: Text = Field(default="", max_length=80)


class StageArchived(Given):
    """Whether the stage is offered no more."""

    model_config = example({"archived": True})

    archived: bool


class StageMove(Given):
    """One place earlier, or later."""

    model_config = example({"up": True})

    up: bool


def _stage(request: StaffRequest, key: str) -> Stage:
    request.actor.require(fields_access.MANAGE)
    stages_ensure(demo=request.actor.demo)
    found = Stage.objects.visible_to(request.actor).filter(key=key).first()
    if found is None:
        raise Http404
    return found


@router.get("/stages", response=list[StageOut], summary="Stages of customers, in their order")
def stages_list(request: StaffRequest) -> Any:
    """Archived ones come last; who stands in one stays there."""
    request.actor.require(access.VIEW)
    return stages(actor=request.actor)


@router.post("/stages", response={201: StageOut}, summary="Add a stage")
def stages_create(request: StaffRequest, data: StageIn) -> tuple[int, Stage]:
    """At the end of the others."""
    return 201, services.stage_save(actor=request.actor, data=StageData(**data.dict()))


@router.patch("/stages/{key}", response=StageOut, summary="Rename a stage")
def stages_change(request: StaffRequest, key: str, data: StageChange) -> Stage:
    """Its key stays, so that programs and values go on knowing it."""
    one = _stage(request, key)
    names = {"name_fa": one.name_fa, "name_en": one.name_en} | data.dict(exclude_unset=True)
    return services.stage_save(actor=request.actor, data=StageData(**names), stage=one)


@router.post("/stages/{key}/archive", response=StageOut, summary="Offer a stage no more, or again")
def stages_archive(request: StaffRequest, key: str, data: StageArchived) -> Stage:
    """Who stands in it stays there."""
    services.stage_archive(actor=request.actor, stage=_stage(request, key), archived=data.archived)
    return _stage(request, key)


@router.post("/stages/{key}/move", response=list[StageOut], summary="Move a stage by one place")
def stages_move(request: StaffRequest, key: str, data: StageMove) -> Any:
    """Gives all of them in their order."""
    services.stage_move(actor=request.actor, stage=_stage(request, key), up=data.up)
    return stages(actor=request.actor)
