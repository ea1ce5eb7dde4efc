"""REST routes of bots, and codes that join a chat to a customer. Keys are written here and never read: an answer names
those that are kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from ninja import Router, Schema
from pydantic import Field

from peyvand.channels.messengers import access, queries, services
from peyvand.channels.messengers.errors import InvalidError
from peyvand.channels.messengers.models import Bot
from peyvand.channels.messengers.queries import Shown
from peyvand.channels.messengers.services import BotData
from peyvand.channels.sites.services import code_new
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.ui.rest import Given, Id, Text, example
from peyvand.memory.customers.access import EDIT, VIEW
from peyvand.memory.customers.models import Customer

router = Router(tags=["messengers"])
Count = Annotated[int, Field(ge=0, le=10_000_000)]
Price = Annotated[int, Field(ge=0, lt=10**9)]
Kinds = Annotated[list[Annotated[Text, Field(max_length=20)]], Field(max_length=20)]
Keys = Annotated[
    dict[Annotated[Text, Field(max_length=40)], Annotated[Text, Field(max_length=500)]], Field(max_length=20)
]


class BotIn(Given):
    """A bot as it is to be. `secrets` are the messenger's keys by name. `hearing`: poll, we ask; hook, it calls us."""

    model_config = example(
        {"name": "Support", "messenger": "bale", "hearing": "poll", "secrets": {"token": "the messenger’s"}}
    )

    name: Text = Field(max_length=120)
    messenger: Text = Field(max_length=20)
    hearing: Text = Field(default="poll", max_length=4)
    kinds: Kinds = Field(default_factory=list)
    base_url: Text = Field(default="", max_length=300)
    proxy: Text = Field(default="", max_length=300)
    greeting_fa: Text = Field(default="", max_length=1_000)
    greeting_en: Text = Field(default="", max_length=1_000)
    price_minor: Price = 0
    currency: Text = Field(default="IRR", max_length=3)
    per_second: Count = 0
    per_day: Count = 0
    position: Count = 0
    enabled: bool = True
    secrets: Keys = Field(default_factory=dict)


class BotChange(Given):
    """What changes; what is left out stays, each key too. `version` is that of the bot as it was read."""

    model_config = example({"version": 3, "enabled": False})

    version: int | None = Field(default=None, ge=0, lt=2**31)
    name: Text | None = Field(default=None, max_length=120)
    messenger: Text | None = Field(default=None, max_length=20)
    hearing: Text | None = Field(default=None, max_length=4)
    kinds: Kinds | None = None
    base_url: Text | None = Field(default=None, max_length=300)
    proxy: Text | None = Field(default=None, max_length=300)
    greeting_fa: Text | None = Field(default=None, max_length=1_000)
    greeting_en: Text | None = Field(default=None, max_length=1_000)
    price_minor: Price | None = None
    currency: Text | None = Field(default=None, max_length=3)
    per_second: Count | None = None
    per_day: Count | None = None
    position: Count | None = None
    enabled: bool | None = None
    secrets: Keys | None = None


class BotOut(Schema):
    """A bot. `secrets` are the names of keys that are kept, `username` what its messenger calls it."""

    id: int
    name: str
    messenger: str
    hearing: str
    kinds: list[str]
    base_url: str
    proxy: str
    greeting_fa: str
    greeting_en: str
    price_minor: int
    currency: str
    per_second: int
    per_day: int
    position: int
    enabled: bool
    secrets: list[str]
    username: str
    heard_at: datetime | None
    trouble: str
    deafness: str
    version: int
    created_at: datetime


class BotHookOut(Schema):
    """The address for a messenger's calls. It is told this once; in the answer to a repeated request it is null."""

    secret: str | None


class BotTriedOut(Schema):
    """Whether the messenger answered, and with what."""

    good: bool
    said: str


class ChatLinkOut(Schema):
    """A link that begins a chat with the code in it."""

    messenger: str
    bot: str
    url: str


class ChatCodeOut(Schema):
    """A one-time code, good for fifteen minutes: the chat in which it is written becomes the customer's. It is told
    this once; in the answer to a repeated request it is null.
    """

    secret: str | None
    links: list[ChatLinkOut]


@contextmanager
def _refusals() -> Iterator[None]:
    """Fields as a program names them."""
    try:
        yield
    except InvalidError as error:
        names = {"price": "price_minor"}
        told = {
            names.get(name, name.replace("secret_", "secrets.", 1)): str(text) for name, text in error.errors.items()
        }
        raise ValidationError(told) from error


def _out(shown: Shown) -> dict[str, Any]:
    row = shown.row
    known = {name: getattr(row, name) for name in BotOut.model_fields if name != "secrets"}
    return known | {"secrets": services.secrets_kept(row)}


def _saved(request: StaffRequest, given: Mapping[str, Any], row: Bot | None, version: int | None) -> Any:
    known = services.secret_names(given["messenger"])
    alien = [name for name in given["secrets"] if name not in known]
    if alien and known:
        raise ValidationError({f"secrets.{name}": gettext("This messenger has no such key.") for name in alien})
    with _refusals():
        data = BotData(**{**given, "kinds": tuple(given["kinds"])})
        made = services.bot_save(actor=request.actor, data=data, bot=row, version=version)
    return _out(queries.bot_get(actor=request.actor, id=made.pk))


@router.get("/messengers/bots", response=list[BotOut], summary="Bots of messengers")
def messenger_bots(request: StaffRequest) -> Any:
    """In the order in which they are taken."""
    return [_out(one) for one in queries.bots(actor=request.actor)]


@router.post("/messengers/bots", response={201: BotOut}, summary="Set up a bot of a messenger")
def messenger_bot_create(request: StaffRequest, data: BotIn) -> Any:
    """Nothing is tried yet; see …/test."""
    request.actor.require(access.MANAGE)
    return 201, _saved(request, data.dict(), None, None)


@router.get("/messengers/bots/{bot_id}", response=BotOut, summary="One bot of a messenger")
def messenger_bot(request: StaffRequest, bot_id: Id) -> Any:
    """With what hinders it; no key."""
    return _out(queries.bot_get(actor=request.actor, id=bot_id))


@router.patch("/messengers/bots/{bot_id}", response=BotOut, summary="Change a bot of a messenger")
def messenger_bot_change(request: StaffRequest, bot_id: Id, data: BotChange) -> Any:
    """With `version`, 409 when somebody has changed it since. With `enabled` it is switched off and on."""
    row = queries.bot_get(actor=request.actor, id=bot_id).row
    given = data.dict(exclude_none=True)
    version = given.pop("version", row.version)
    before = {name: getattr(row, name) for name in BotIn.model_fields if name != "secrets"}
    return _saved(request, {**before, "secrets": {}, **given}, row, version)


@router.delete("/messengers/bots/{bot_id}", response={204: None}, summary="Remove a bot of a messenger")
def messenger_bot_remove(request: StaffRequest, bot_id: Id) -> Any:
    """It can be taken back from the trail; then without its keys."""
    found = queries.bot_get(actor=request.actor, id=bot_id)
    services.bot_remove(actor=request.actor, bot=found.row)
    return 204, None


@router.post("/messengers/bots/{bot_id}/test", response=BotTriedOut, summary="Try a bot of a messenger")
def messenger_bot_test(request: StaffRequest, bot_id: Id) -> Any:
    """Asks the messenger who the bot is and sends nothing."""
    found = queries.bot_get(actor=request.actor, id=bot_id)
    good, said = services.bot_test(actor=request.actor, bot=found.row)
    return {"good": good, "said": said}


@router.post("/messengers/bots/{bot_id}/tell", response=BotTriedOut, summary="Tell a messenger where to call")
def messenger_bot_tell(request: StaffRequest, bot_id: Id) -> Any:
    """Or to call no more, where we ask."""
    found = queries.bot_get(actor=request.actor, id=bot_id)
    good, said = services.hook_tell(actor=request.actor, bot=found.row)
    return {"good": good, "said": said}


@router.post("/messengers/bots/{bot_id}/hook", response=BotHookOut, summary="A new address for a messenger's calls")
def messenger_hook_renew(request: StaffRequest, bot_id: Id) -> Any:
    """The old one is nobody's from now on."""
    found = queries.bot_get(actor=request.actor, id=bot_id)
    made = services.hook_renew(actor=request.actor, bot=found.row)
    return {"secret": queries.bot_get(actor=request.actor, id=made.pk).hook_url}


@router.post(
    "/customers/{customer_id}/chat-code", response={201: ChatCodeOut}, summary="A code that joins a chat to a customer"
)
def chat_code(request: StaffRequest, customer_id: Id) -> Any:
    """Whoever writes it to one of the bots is this customer, by proof."""
    actor = request.actor
    actor.require(VIEW)
    actor.require(EDIT)
    customer = Customer.objects.visible_to(actor, EDIT).get(pk=customer_id)
    code = code_new(actor=actor, customer=customer)
    links = [
        {"messenger": one.messenger, "bot": one.bot, "url": one.url}
        for one in queries.links(demo=actor.demo, code=code)
    ]
    return 201, {"secret": code, "links": links}
