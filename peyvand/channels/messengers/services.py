"""The verbs on bots."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.channels.conversations.services import file_missed
from peyvand.channels.messengers import access
from peyvand.channels.messengers.adapters import ADAPTERS
from peyvand.channels.messengers.adapters.base import Adapter, NotNowError
from peyvand.channels.messengers.carrier import PURPOSE, WITHOUT, access_of, hook_url
from peyvand.channels.messengers.errors import ChangedMeanwhileError, InvalidError
from peyvand.channels.messengers.models import AwaitedFile, Bot, Hearing, hook_token
from peyvand.channels.outreach.errors import InvalidError as OutreachInvalidError
from peyvand.channels.outreach.services.contents import TextData, texts_checked
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.money.currencies import is_currency
from peyvand.foundation.outside.guarding import ForbiddenAddressError, target_of
from peyvand.foundation.outside.locking import locked, unlocked
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.text.keys import clean
from peyvand.memory.consents.models import PurposeKind

PROXY_LOGIN = "proxy_login"  # "name:password" at the proxy, kept with the keys
GREETING = 1_000


@dataclass(frozen=True, kw_only=True)
class BotData:
    """A bot as it is to be. `secrets` are the keys that were typed; one that was left empty stays as it is."""

    name: str
    messenger: str
    hearing: str = Hearing.POLL
    kinds: tuple[str, ...] = ()
    base_url: str = ""
    proxy: str = ""
    greeting_fa: str = ""
    greeting_en: str = ""
    price_minor: int = 0
    currency: str = "IRR"
    per_second: int = 0
    per_day: int = 0
    position: int = 0
    enabled: bool = True
    secrets: Mapping[str, str] = field(default_factory=dict)


def bot_save(*, actor: Actor, data: BotData, bot: Bot | None = None, version: int | None = None) -> Bot:
    """Set up a bot or change one. NotAllowed, InvalidError, ChangedMeanwhileError, Bot.DoesNotExist."""
    actor.require(access.MANAGE)
    adapter = ADAPTERS.get(data.messenger)
    if adapter is None:
        raise InvalidError({"messenger": _("Choose one of the messengers.")})
    with transaction.atomic():
        made = bot or Bot(demo=actor.demo, version=0)
        if bot is not None:
            made = Bot.objects.select_for_update(of=("self",)).get(pk=bot.pk, demo=actor.demo)
            if version is not None and version != made.version:
                raise ChangedMeanwhileError(version=made.version)
        kept = _secrets(made, data)
        _check(data, adapter, kept)
        if made.pk is not None and (made.messenger != data.messenger or kept != _opened(made)):
            made.username, made.offset, made.deafness, made.trouble = "", "", "", ""  # another bot, as far as we know
        made.name, made.messenger, made.hearing = clean(data.name), data.messenger, data.hearing
        made.kinds, made.base_url, made.proxy = list(data.kinds), data.base_url.strip(), data.proxy.strip()
        made.greeting_fa, made.greeting_en = _greeting(data.greeting_fa), _greeting(data.greeting_en)
        made.price_minor, made.currency = data.price_minor, data.currency
        made.per_second, made.per_day, made.position = data.per_second, data.per_day, data.position
        made.enabled = data.enabled
        made.version += 1
        made.credentials = locked(json.dumps(kept), purpose=PURPOSE)
        title = gettext("Bot “%(name)s”") % {"name": made.name}
        with change_set(actor=actor, kind="settings", title=title):
            made.save()
    return made


def secret_names(messenger: str) -> tuple[str, ...]:
    """The keys that a bot of that messenger has."""
    adapter = ADAPTERS.get(messenger)
    if adapter is None:
        return ()
    return (*(one.name for one in adapter.fields), *((PROXY_LOGIN,) if adapter.proxied else ()))


def secrets_kept(bot: Bot) -> list[str]:
    """The names of the keys that are kept, never the keys."""
    return sorted(name for name, value in _opened(bot).items() if value)


def _opened(bot: Bot) -> dict[str, str]:
    plain = unlocked(bot.credentials, purpose=PURPOSE)
    return dict(json.loads(plain)) if plain else {}


def _secrets(bot: Bot, data: BotData) -> dict[str, str]:
    before = _opened(bot) if bot.messenger == data.messenger else {}
    typed = {one: data.secrets.get(one, "").replace("\x00", "").strip() for one in secret_names(data.messenger)}
    return {name: value or before.get(name, "") for name, value in typed.items()}


def _greeting(text: str) -> str:
    return text.replace("\x00", "").replace("\r\n", "\n").strip()


def _check(data: BotData, adapter: Adapter, kept: Mapping[str, str]) -> None:
    errors: dict[str, Label] = {}
    if not clean(data.name) or len(data.name) > 120:
        errors["name"] = _("Give this bot a name.")
    for one in adapter.fields:
        if not kept.get(one.name):
            errors[f"secret_{one.name}"] = _("Type it as the messenger shows it.")
        elif not kept[one.name].isascii() or any(letter.isspace() or letter in "/?#%" for letter in kept[one.name]):
            errors[f"secret_{one.name}"] = _("Type it as the messenger shows it, without spaces.")
    if data.hearing not in Hearing.values:
        errors["hearing"] = _("Choose how it hears.")
    for name, given in (("base_url", data.base_url.strip()), ("proxy", data.proxy.strip())):
        if given and (wrong := _address(name, given)):
            errors[name] = wrong
    if data.proxy.strip() and not adapter.proxied:
        errors["proxy"] = _("This messenger is reached without a proxy.")
    if any(kind not in PurposeKind.values for kind in data.kinds):
        errors["kinds"] = _("Choose among the kinds of purposes.")
    for name in ("greeting_fa", "greeting_en"):
        if wrong := _unsayable(getattr(data, name), name[-2:]):
            errors[name] = wrong
    if not is_currency(data.currency):
        errors["currency"] = _("Choose a currency.")
    if not 0 <= data.price_minor < 10**9:
        errors["price"] = _("Type the price as a number, zero or more.")
    for name in ("per_second", "per_day", "position"):
        if not 0 <= getattr(data, name) <= 10_000_000:
            errors[name] = _("A whole number, zero for no limit.")
    if errors:
        raise InvalidError(errors)


def _address(name: str, given: str) -> Label:
    """Why nothing can be asked there, "" where it can."""
    try:
        target = target_of(given)
    except ForbiddenAddressError as error:
        return error.message
    return _("A proxy's address begins with http://.") if name == "proxy" and target.https else ""


def _unsayable(text: str, language: str) -> Label:
    """Why these words can't be said, "" where they can; they may have fields of a template."""
    if len(text) > GREETING:
        return _("At most a thousand letters.")
    if not _greeting(text):
        return ""
    try:
        texts_checked([TextData(_greeting(text), language)])
    except OutreachInvalidError as error:
        return next(iter(error.errors.values()))
    return ""


def bot_remove(*, actor: Actor, bot: Bot) -> int:
    """Take a bot away; gives the change set. One that comes back by an undo has no keys until they are typed again."""
    actor.require(access.MANAGE)
    with transaction.atomic(), change_set(actor=actor, kind="settings", title=gettext("Bot removed")) as made:
        for one in AwaitedFile.objects.filter(bot_id=bot.pk, demo=actor.demo).select_related("entry"):
            file_missed(entry=one.entry, name=one.name, why=gettext("the bot was removed"))
        Bot.objects.get(pk=bot.pk, demo=actor.demo).delete()
    return made.pk


def hook_renew(*, actor: Actor, bot: Bot) -> Bot:
    """A new address and a new secret for the messenger's calls; the old ones are nobody's from now on."""
    actor.require(access.MANAGE)
    with transaction.atomic():
        found = Bot.objects.select_for_update(of=("self",)).get(pk=bot.pk, demo=actor.demo)
        found.hook, found.header = hook_token(), hook_token()
        found.save(update_fields=["hook", "header"])
    return found


def hooks_refill(ids: Collection[int]) -> None:
    """Bots that came back by an undo have an address of their own again, a new one."""
    for pk in Bot.objects.filter(pk__in=list(ids), hook="").values_list("pk", flat=True):
        Bot.objects.filter(pk=pk).update(hook=hook_token(), header=hook_token())


def bot_test(*, actor: Actor, bot: Bot) -> tuple[bool, str]:
    """Ask the messenger who the bot is, which tells whether address and keys are right; nothing is sent."""
    actor.require(access.MANAGE)
    found = Bot.objects.get(pk=bot.pk, demo=actor.demo)
    if found.demo:
        return True, str(WITHOUT)
    try:
        said = ADAPTERS[found.messenger].me(access_of(found))
    except NotNowError as error:
        return False, str(error)
    if said.username != found.username:
        Bot.objects.filter(pk=found.pk).update(username=said.username[:60])
    shown = " · ".join(one for one in (said.name, said.username) if one)
    return True, shown or found.name


def hook_tell(*, actor: Actor, bot: Bot) -> tuple[bool, str]:
    """Tell the messenger where to call us, or to call no more where we ask; gives whether it was taken."""
    actor.require(access.MANAGE)
    found = Bot.objects.get(pk=bot.pk, demo=actor.demo)
    telling = ADAPTERS[found.messenger].hook_tell
    if found.demo or telling is None:
        return True, str(WITHOUT)
    try:
        telling(access_of(found), hook_url(found) if found.hearing == Hearing.HOOK else "")
    except NotNowError as error:
        return False, str(error)
    return True, found.name
