"""REST routes of lines for text messages. Keys are written here and never read: an answer names those that are kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from ninja import Router, Schema
from pydantic import Field

from peyvand.channels.sms import access, queries, services
from peyvand.channels.sms.errors import InvalidError
from peyvand.channels.sms.models import SmsAccount
from peyvand.channels.sms.queries import Shown
from peyvand.channels.sms.services import AccountData
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.ui.rest import Given, Id, Text, example

router = Router(tags=["sms"])
Count = Annotated[int, Field(ge=0, le=10_000_000)]
Price = Annotated[int, Field(ge=0, lt=10**9)]
Kinds = Annotated[list[Annotated[Text, Field(max_length=20)]], Field(max_length=20)]
Keys = Annotated[
    dict[Annotated[Text, Field(max_length=40)], Annotated[Text, Field(max_length=300)]], Field(max_length=20)
]


class SmsAccountIn(Given):
    """A line as it is to be. `secrets` are the provider's keys by their names; a part costs `price_minor`."""

    model_config = example(
        {"name": "Main line", "provider": "kavenegar", "line": "10008663", "secrets": {"api_key": "the provider’s"}}
    )

    name: Text = Field(max_length=120)
    provider: Text = Field(max_length=20)
    line: Text = Field(max_length=40)
    kinds: Kinds = Field(default_factory=list)
    base_url: Text = Field(default="", max_length=300)
    price_minor: Price = 0
    currency: Text = Field(default="IRR", max_length=3)
    per_second: Count = 0
    per_day: Count = 0
    position: Count = 0
    service_line: bool = True
    enabled: bool = True
    secrets: Keys = Field(default_factory=dict)


class SmsAccountChange(Given):
    """What changes; what is left out stays, each key too. `version` is that of the line as it was read."""

    model_config = example({"version": 3, "enabled": False})

    version: int | None = Field(default=None, ge=0, lt=2**31)
    name: Text | None = Field(default=None, max_length=120)
    provider: Text | None = Field(default=None, max_length=20)
    line: Text | None = Field(default=None, max_length=40)
    kinds: Kinds | None = None
    base_url: Text | None = Field(default=None, max_length=300)
    price_minor: Price | None = None
    currency: Text | None = Field(default=None, max_length=3)
    per_second: Count | None = None
    per_day: Count | None = None
    position: Count | None = None
    service_line: bool | None = None
    enabled: bool | None = None
    secrets: Keys | None = None


class SmsAccountOut(Schema):
    """A line. `secrets` are the names of keys that are kept, `credit` what the provider said at `credit_at`."""

    id: int
    name: str
    provider: str
    line: str
    kinds: list[str]
    base_url: str
    price_minor: int
    currency: str
    per_second: int
    per_day: int
    position: int
    service_line: bool
    enabled: bool
    secrets: list[str]
    credit: str
    credit_at: datetime | None
    heard_at: datetime | None
    trouble: str
    version: int
    created_at: datetime


class SmsHookOut(Schema):
    """The address for a provider's calls. It is told this once; in the answer to a repeated request it is null."""

    secret: str | None


class SmsTriedOut(Schema):
    """Whether the provider answered, and with what."""

    good: bool
    said: str


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
    known = {name: getattr(row, name) for name in SmsAccountOut.model_fields if name != "secrets"}
    return known | {"secrets": services.secrets_kept(row)}


def _saved(request: StaffRequest, given: Mapping[str, Any], row: SmsAccount | None, version: int | None) -> Any:
    known = services.secret_names(given["provider"])
    alien = [name for name in given["secrets"] if name not in known]
    if alien and known:
        raise ValidationError({f"secrets.{name}": gettext("This provider has no such key.") for name in alien})
    with _refusals():
        data = AccountData(**{**given, "kinds": tuple(given["kinds"])})
        made = services.account_save(actor=request.actor, data=data, account=row, version=version)
    return _out(queries.account_get(actor=request.actor, id=made.pk))


@router.get("/sms/accounts", response=list[SmsAccountOut], summary="Lines for text messages")
def sms_accounts(request: StaffRequest) -> Any:
    """In the order in which they are taken."""
    return [_out(one) for one in queries.accounts(actor=request.actor)]


@router.post("/sms/accounts", response={201: SmsAccountOut}, summary="Set up a line for text messages")
def sms_account_create(request: StaffRequest, data: SmsAccountIn) -> Any:
    """Nothing is tried yet; see …/test."""
    request.actor.require(access.MANAGE)
    return 201, _saved(request, data.dict(), None, None)


@router.get("/sms/accounts/{account_id}", response=SmsAccountOut, summary="One line for text messages")
def sms_account(request: StaffRequest, account_id: Id) -> Any:
    """With what hinders it; no key."""
    return _out(queries.account_get(actor=request.actor, id=account_id))


@router.patch("/sms/accounts/{account_id}", response=SmsAccountOut, summary="Change a line for text messages")
def sms_account_change(request: StaffRequest, account_id: Id, data: SmsAccountChange) -> Any:
    """With `version`, 409 when somebody has changed it since. With `enabled` it is switched off and on."""
    row = queries.account_get(actor=request.actor, id=account_id).row
    given = data.dict(exclude_none=True)
    version = given.pop("version", row.version)
    before = {name: getattr(row, name) for name in SmsAccountIn.model_fields if name != "secrets"}
    return _saved(request, {**before, "secrets": {}, **given}, row, version)


@router.delete("/sms/accounts/{account_id}", response={204: None}, summary="Remove a line for text messages")
def sms_account_remove(request: StaffRequest, account_id: Id) -> Any:
    """It can be taken back from the trail; then without its keys."""
    found = queries.account_get(actor=request.actor, id=account_id)
    services.account_remove(actor=request.actor, account=found.row)
    return 204, None


@router.post("/sms/accounts/{account_id}/test", response=SmsTriedOut, summary="Try a line for text messages")
def sms_account_test(request: StaffRequest, account_id: Id) -> Any:
    """Asks the provider for the credit and sends nothing."""
    found = queries.account_get(actor=request.actor, id=account_id)
    good, said = services.account_test(actor=request.actor, account=found.row)
    return {"good": good, "said": said}


@router.post("/sms/accounts/{account_id}/hook", response=SmsHookOut, summary="A new address for provider's reports")
def sms_hook_renew(request: StaffRequest, account_id: Id) -> Any:
    """The old one is nobody's from now on."""
    found = queries.account_get(actor=request.actor, id=account_id)
    made = services.hook_renew(actor=request.actor, account=found.row)
    return {"secret": queries.account_get(actor=request.actor, id=made.pk).hook_url}
