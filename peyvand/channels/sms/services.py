"""The verbs on accounts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.channels.sms import access
from peyvand.channels.sms.adapters import ADAPTERS
from peyvand.channels.sms.adapters.base import NotNowError
from peyvand.channels.sms.carrier import PURPOSE, access_of
from peyvand.channels.sms.errors import ChangedMeanwhileError, InvalidError
from peyvand.channels.sms.models import SmsAccount, hook_token
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.money.currencies import is_currency
from peyvand.foundation.outside.guarding import ForbiddenAddressError, target_of
from peyvand.foundation.outside.locking import locked, unlocked
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.text.keys import clean
from peyvand.memory.consents.models import PurposeKind


@dataclass(frozen=True, kw_only=True)
class AccountData:
    """A line as it is to be. `secrets` are the keys that were typed; one that was left empty stays as it is."""

    name: str
    provider: str
    line: str
    kinds: tuple[str, ...] = ()
    base_url: str = ""
    price_minor: int = 0
    currency: str = "IRR"
    per_second: int = 0
    per_day: int = 0
    position: int = 0
    service_line: bool = True
    enabled: bool = True
    secrets: Mapping[str, str] = field(default_factory=dict)


def account_save(
    *, actor: Actor, data: AccountData, account: SmsAccount | None = None, version: int | None = None
) -> SmsAccount:
    """Set up a line or change one. NotAllowed, InvalidError, ChangedMeanwhileError, SmsAccount.DoesNotExist."""
    actor.require(access.MANAGE)
    with transaction.atomic():
        made = account or SmsAccount(demo=actor.demo, version=0)
        if account is not None:
            made = SmsAccount.objects.select_for_update(of=("self",)).get(pk=account.pk, demo=actor.demo)
            if version is not None and version != made.version:
                raise ChangedMeanwhileError(version=made.version)
        kept = _secrets(made, data)
        _check(actor, data, kept)
        made.name, made.provider, made.line = clean(data.name), data.provider, data.line.strip()
        made.kinds, made.base_url = list(data.kinds), data.base_url.strip()
        made.price_minor, made.currency = data.price_minor, data.currency
        made.per_second, made.per_day, made.position = data.per_second, data.per_day, data.position
        made.service_line, made.enabled = data.service_line, data.enabled
        made.version += 1
        made.credentials = locked(json.dumps(kept), purpose=PURPOSE)
        title = gettext("Line for text messages “%(name)s”") % {"name": made.name}
        with change_set(actor=actor, kind="settings", title=title):
            made.save()
    return made


def secret_names(provider: str) -> tuple[str, ...]:
    """The keys that a line of that provider has."""
    return tuple(one.name for one in ADAPTERS[provider].fields) if provider in ADAPTERS else ()


def secrets_kept(row: SmsAccount) -> list[str]:
    """The names of the keys that are kept, never what they are."""
    return sorted(name for name, value in _opened(row).items() if value)


def _opened(row: SmsAccount) -> dict[str, str]:
    plain = unlocked(row.credentials, purpose=PURPOSE) if row.credentials else None
    return {str(name): str(value) for name, value in json.loads(plain).items()} if plain else {}


def _secrets(row: SmsAccount, data: AccountData) -> dict[str, str]:
    """The keys that are kept: those typed now, else those of before, of this provider only."""
    before = _opened(row) if row.provider == data.provider else {}
    typed = {one: data.secrets.get(one, "").replace("\x00", "").strip() for one in secret_names(data.provider)}
    return {name: value or before.get(name, "") for name, value in typed.items()}


def _check(actor: Actor, data: AccountData, kept: Mapping[str, str]) -> None:
    errors: dict[str, Label] = {}
    adapter = ADAPTERS.get(data.provider)
    if adapter is None or (adapter.name == "sample" and not actor.demo):
        raise InvalidError({"provider": _("Choose one of the providers.")})
    if not clean(data.name) or len(data.name) > 120:
        errors["name"] = _("Give this line a name.")
    if not data.line.strip() or len(data.line) > 40:
        errors["line"] = _("Type the number or name that recipients see.")
    for one in adapter.fields:
        if not kept.get(one.name):
            errors[f"secret_{one.name}"] = _("Type it as the provider shows it.")
    if data.base_url.strip():
        try:
            target_of(data.base_url.strip())
        except ForbiddenAddressError as error:
            errors["base_url"] = error.message
    if any(kind not in PurposeKind.values for kind in data.kinds):
        errors["kinds"] = _("Choose among the kinds of purposes.")
    if not is_currency(data.currency):
        errors["currency"] = _("Choose a currency.")
    if not 0 <= data.price_minor < 10**9:
        errors["price"] = _("Type the price as a number, zero or more.")
    for name in ("per_second", "per_day"):
        if not 0 <= getattr(data, name) <= 10_000_000:
            errors[name] = _("A whole number, zero for no limit.")
    if errors:
        raise InvalidError(errors)


def account_remove(*, actor: Actor, account: SmsAccount) -> int:
    """Take a line away; gives the change set. One that comes back by an undo has no keys until they are typed again."""
    actor.require(access.MANAGE)
    with transaction.atomic(), change_set(actor=actor, kind="settings", title=gettext("Line removed")) as made:
        SmsAccount.objects.get(pk=account.pk, demo=actor.demo).delete()
    return made.pk


def hook_renew(*, actor: Actor, account: SmsAccount) -> SmsAccount:
    """A new address for the provider's calls; the old one is nobody's from now on."""
    actor.require(access.MANAGE)
    with transaction.atomic():
        found = SmsAccount.objects.select_for_update(of=("self",)).get(pk=account.pk, demo=actor.demo)
        found.hook = hook_token()
        found.save(update_fields=["hook"])
    return found


def account_test(*, actor: Actor, account: SmsAccount) -> tuple[bool, str]:
    """Ask the provider for the credit, which tells whether address and keys are right; nothing is sent."""
    actor.require(access.MANAGE)
    found = SmsAccount.objects.get(pk=account.pk, demo=actor.demo)
    adapter = ADAPTERS[found.provider]
    if adapter.credit is None:
        return True, gettext("Nothing leaves this machine.")
    try:
        return True, adapter.credit(access_of(found))
    except NotNowError as error:
        return False, str(error)
