"""REST routes of how conversations are given."""

from __future__ import annotations

from django.http import Http404
from ninja import Router, Schema
from pydantic import Field

from peyvand.channels.conversations import access, arrangement, services
from peyvand.channels.conversations.models import Answerer, RoutingRule, RoutingSettings
from peyvand.channels.conversations.services import AnswererData, RuleData, SettingsData
from peyvand.foundation.accounts.queries import assignable
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.ui.rest import Given, Id, Text, example

router = Router(tags=["conversations"])
Names = list[Text]


class RoutingOut(Schema):
    """What holds for all; minutes are of working time, 0 for never."""

    owner_first: bool
    reroute_minutes: int
    tell_minutes: int
    tell_classes: list[str]
    tell_user_id: int | None
    tell_team_id: int | None
    version: int


class RoutingIn(Given):
    """What is to hold; with `version`, 409 when somebody has changed it since."""

    model_config = example({"reroute_minutes": 30, "tell_minutes": 45, "tell_classes": ["champion"], "tell_user_id": 3})

    owner_first: bool = True
    reroute_minutes: int = Field(default=0, ge=0, le=100_000)
    tell_minutes: int = Field(default=0, ge=0, le=100_000)
    tell_classes: Names = Field(default_factory=list, max_length=20)
    tell_user_id: Id | None = None
    tell_team_id: Id | None = None
    version: int | None = Field(default=None, ge=0, lt=2**31)


class RoutingRuleIn(Given):
    """A rule: all that is named must hold; at most one of person, team and topic."""

    model_config = example({"name": "Returns", "words": ["broken", "return"], "hours": "open", "to_topic": "returns"})

    name: Text = Field(max_length=200)
    enabled: bool = True
    channels: Names = Field(default_factory=list, max_length=20)
    language: Text = Field(default="", max_length=2)
    words: Names = Field(default_factory=list, max_length=100)
    classes: Names = Field(default_factory=list, max_length=20)
    hours: Text = Field(default="", max_length=6, description="open, closed, or nothing for any hour")
    to_user_id: Id | None = None
    to_team_id: Id | None = None
    to_topic: Text = Field(default="", max_length=100)


class RoutingRuleOut(Schema):
    """A rule; the first that fits decides."""

    id: int
    position: int
    name: str
    enabled: bool
    channels: list[str]
    language: str
    words: list[str]
    classes: list[str]
    hours: str
    to_user_id: int | None
    to_team_id: int | None
    to_topic: str


class RoutingRuleMoveIn(Given):
    """Before its neighbour, or after."""

    model_config = example({"up": True})

    up: bool


class AnswererIn(Given):
    """How a colleague takes conversations; `most` open ones, 0 for no limit."""

    model_config = example({"languages": ["fa", "en"], "topics": ["returns"], "most": 15})

    takes: bool = True
    languages: Names = Field(default_factory=list, max_length=10)
    channels: Names = Field(default_factory=list, max_length=20)
    topics: Names = Field(default_factory=list, max_length=100)
    most: int = Field(default=0, ge=0, le=100_000)


class AnswererOut(Schema):
    """How a colleague takes conversations."""

    user_id: int
    takes: bool
    languages: list[str]
    channels: list[str]
    topics: list[str]
    most: int


@router.get("/routing", response=RoutingOut, summary="How conversations are given")
def routing_read(request: StaffRequest) -> RoutingSettings:
    """What holds for all of them."""
    return arrangement.settings_get(actor=request.actor)


@router.put("/routing", response=RoutingOut, summary="Set how conversations are given")
def routing_set(request: StaffRequest, data: RoutingIn) -> RoutingSettings:
    """As a whole."""
    given = data.dict()
    version = given.pop("version")
    return services.settings_save(actor=request.actor, data=SettingsData(**given), version=version)


@router.get("/routing/rules", response=list[RoutingRuleOut], summary="The rules, in their order")
def routing_rules(request: StaffRequest) -> list[RoutingRule]:
    """The first that fits decides."""
    return list(arrangement.rules(actor=request.actor))


@router.post("/routing/rules", response={201: RoutingRuleOut}, summary="Write a rule")
def routing_rule_write(request: StaffRequest, data: RoutingRuleIn) -> tuple[int, RoutingRule]:
    """It stands last."""
    return 201, services.rule_save(actor=request.actor, data=RuleData(**data.dict()))


@router.put("/routing/rules/{rule_id}", response=RoutingRuleOut, summary="Change a rule")
def routing_rule_change(request: StaffRequest, rule_id: Id, data: RoutingRuleIn) -> RoutingRule:
    """As a whole; its place stays."""
    found = arrangement.rule_get(actor=request.actor, id=rule_id)
    return services.rule_save(actor=request.actor, data=RuleData(**data.dict()), rule=found)


@router.post("/routing/rules/{rule_id}/move", response=list[RoutingRuleOut], summary="Move a rule")
def routing_rule_move(request: StaffRequest, rule_id: Id, data: RoutingRuleMoveIn) -> list[RoutingRule]:
    """Gives the rules in their new order."""
    found = arrangement.rule_get(actor=request.actor, id=rule_id)
    services.rule_move(actor=request.actor, rule=found, up=data.up)
    return list(arrangement.rules(actor=request.actor))


@router.delete("/routing/rules/{rule_id}", response={204: None}, summary="Remove a rule")
def routing_rule_remove(request: StaffRequest, rule_id: Id) -> tuple[int, None]:
    """It can be taken back from the trail."""
    services.rule_remove(actor=request.actor, rule=arrangement.rule_get(actor=request.actor, id=rule_id))
    return 204, None


@router.get("/routing/people", response=list[AnswererOut], summary="Who takes conversations")
def routing_people(request: StaffRequest) -> list[Answerer]:
    """Those of whom somebody has said so."""
    return [one.answerer for one in arrangement.people(actor=request.actor) if one.answerer is not None]


@router.put("/routing/people/{user_id}", response=AnswererOut, summary="Say how somebody takes conversations")
def routing_person_set(request: StaffRequest, user_id: Id, data: AnswererIn) -> Answerer:
    """As a whole."""
    request.actor.require(access.MANAGE)
    if user_id not in dict(assignable(actor=request.actor)):
        raise Http404
    return services.answerer_save(actor=request.actor, user_id=user_id, data=AnswererData(**data.dict()))
