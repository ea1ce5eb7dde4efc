"""REST routes of live chat: the chat of each site, and its rooms. Chats themselves are conversations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any

from django.core.exceptions import ValidationError
from ninja import Router, Schema
from pydantic import Field

from peyvand.channels.sites.models import Site
from peyvand.channels.webchat import access, queries, services
from peyvand.channels.webchat.data import RoomData, WidgetData
from peyvand.channels.webchat.errors import InvalidError
from peyvand.channels.webchat.models import Room
from peyvand.channels.webchat.queries import SiteChat
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.ui.rest import Given, Id, Text, example

router = Router(tags=["webchat"])
Version = Annotated[int, Field(ge=0, lt=2**31)]
Ref = Annotated[int, Field(gt=0, lt=2**63)]


class OpeningOf(Schema):
    """A question that begins a chat, in both languages."""

    fa: str = ""
    en: str = ""


class OpeningIn(Given):
    """A question that begins a chat, in one or both languages."""

    fa: Text = Field(default="", max_length=80)
    en: Text = Field(default="", max_length=80)


class WebchatIn(Given):
    """The chat of a site as it is to be; what is left out stays. `version` is that of the chat as it was read."""

    model_config = example({"title_en": "Chat", "accent": "#0b7570", "ask_name": "may", "active": True})

    version: Version | None = None
    title_fa: Text | None = Field(default=None, max_length=60)
    title_en: Text | None = Field(default=None, max_length=60)
    greeting_fa: Text | None = Field(default=None, max_length=300)
    greeting_en: Text | None = Field(default=None, max_length=300)
    away_fa: Text | None = Field(default=None, max_length=300)
    away_en: Text | None = Field(default=None, max_length=300)
    accent: Text | None = Field(default=None, max_length=7)
    position: Text | None = Field(default=None, max_length=5)
    ask_name: Text | None = Field(default=None, max_length=4)
    ask_email: Text | None = Field(default=None, max_length=4)
    ask_phone: Text | None = Field(default=None, max_length=4)
    openings: list[OpeningIn] | None = Field(default=None, max_length=6)
    by_hours: bool | None = None
    hours_id: Ref | None = None
    remembers: bool | None = None
    mails: bool | None = None
    active: bool | None = None


class WebchatOut(Schema):
    """The chat of a site; null where it has none yet."""

    title_fa: str
    title_en: str
    greeting_fa: str
    greeting_en: str
    away_fa: str
    away_en: str
    accent: str
    position: str
    ask_name: str
    ask_email: str
    ask_phone: str
    openings: list[OpeningOf]
    by_hours: bool
    hours_id: int | None
    remembers: bool
    mails: bool
    active: bool
    version: int


class WebchatSiteOut(Schema):
    """A site with its chat and how many visitors have written there."""

    site_id: int
    key: str
    name: str
    chats: int
    rooms: int
    chat: WebchatOut | None


class RoomIn(Given):
    """A room as it is to be. `experts` are ids of colleagues."""

    model_config = example({"site_id": 1, "name": "Brewing tea", "slow_seconds": 5, "experts": []})

    site_id: Ref
    name: Text = Field(max_length=80)
    topic: Text = Field(default="", max_length=300)
    slow_seconds: int = Field(default=0, ge=0, le=3600)
    by_hours: bool = False
    hours_id: Ref | None = None
    closed: bool = False
    experts: list[Ref] = Field(default_factory=list, max_length=100)


class RoomChange(Given):
    """What changes of a room; what is left out stays."""

    model_config = example({"version": 2, "closed": True})

    version: Version | None = None
    name: Text | None = Field(default=None, max_length=80)
    topic: Text | None = Field(default=None, max_length=300)
    slow_seconds: int | None = Field(default=None, ge=0, le=3600)
    by_hours: bool | None = None
    hours_id: Ref | None = None
    closed: bool | None = None
    experts: list[Ref] | None = Field(default=None, max_length=100)


class RoomOut(Schema):
    """A room; `open` says whether visitors may write there now."""

    id: int
    site_id: int
    name: str
    topic: str
    slow_seconds: int
    by_hours: bool
    hours_id: int | None
    closed: bool
    experts: list[int]
    open: bool
    version: int


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except InvalidError as error:
        raise ValidationError({name: str(text) for name, text in error.errors.items()}) from error


def _site_out(shown: SiteChat) -> Mapping[str, Any]:
    site = shown.site
    return {
        "site_id": site.pk, "key": site.key, "name": site.name, "chats": shown.chats, "rooms": shown.rooms,
        "chat": shown.widget,
    }  # fmt: skip


def _room_out(room: Room) -> Mapping[str, Any]:
    own = ("id", "site_id", "name", "topic", "slow_seconds", "by_hours", "hours_id", "closed", "version")
    experts = list(room.experts.order_by("user_id").values_list("user_id", flat=True))
    return {name: getattr(room, name) for name in own} | {"experts": experts, "open": queries.room_open(room)}


@router.get("/webchat/sites", response=list[WebchatSiteOut], summary="Live chats of the sites")
def webchat_sites(request: StaffRequest) -> Any:
    """By name."""
    return [_site_out(one) for one in queries.widgets(actor=request.actor)]


@router.get("/webchat/sites/{site_id}", response=WebchatSiteOut, summary="The live chat of a site")
def webchat_site(request: StaffRequest, site_id: Id) -> Any:
    """With its words, colour, hours and what it asks first."""
    return _site_out(queries.widget_get(actor=request.actor, site_id=site_id))


@router.put("/webchat/sites/{site_id}", response=WebchatSiteOut, summary="Set up the live chat of a site")
def webchat_site_save(request: StaffRequest, site_id: Id, data: WebchatIn) -> Any:
    """With `version`, 409 when somebody has changed it since."""
    shown = queries.widget_get(actor=request.actor, site_id=site_id)
    given = data.dict(exclude_none=True)
    version = given.pop("version", None)
    if shown.widget is not None:
        before = {name: getattr(shown.widget, name) for name in WidgetData.__dataclass_fields__}
        given = {**before, **given}
    given["openings"] = [(one.get("fa", ""), one.get("en", "")) for one in given.get("openings", ())]
    with _refusals():
        services.widget_save(actor=request.actor, site=shown.site, data=WidgetData(**given), version=version)
    return _site_out(queries.widget_get(actor=request.actor, site_id=site_id))


@router.get("/webchat/rooms", response=list[RoomOut], summary="Chat rooms")
def webchat_rooms(request: StaffRequest) -> Any:
    """By site and name."""
    return [_room_out(one) for one in queries.rooms(actor=request.actor)]


@router.post("/webchat/rooms", response={201: RoomOut}, summary="Set up a chat room")
def webchat_room_create(request: StaffRequest, data: RoomIn) -> Any:
    """Visitors find it in the chat of the site."""
    request.actor.require(access.MANAGE)
    given = data.dict()
    site = Site.objects.get(pk=given.pop("site_id"), demo=request.actor.demo)
    with _refusals():
        return 201, _room_out(services.room_save(actor=request.actor, site=site, data=RoomData(**given)))


@router.patch("/webchat/rooms/{room_id}", response=RoomOut, summary="Change a chat room")
def webchat_room_change(request: StaffRequest, room_id: Id, data: RoomChange) -> Any:
    """With `version`, 409 when somebody has changed it since. With `closed` visitors only read."""
    room = queries.room_get(actor=request.actor, id=room_id, permission=access.MANAGE)
    given = data.dict(exclude_none=True)
    version = given.pop("version", None)
    shown = _room_out(room)
    before = {name: shown[name] for name in RoomData.__dataclass_fields__}
    with _refusals():
        made = services.room_save(
            actor=request.actor, site=room.site, data=RoomData(**{**before, **given}), room=room, version=version
        )
    return _room_out(made)
