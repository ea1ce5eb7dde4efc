"""The reads of bots."""

from __future__ import annotations

from dataclasses import dataclass

from peyvand.channels.messengers import access
from peyvand.channels.messengers.adapters import ADAPTERS
from peyvand.channels.messengers.adapters.base import Adapter
from peyvand.channels.messengers.carrier import hook_url
from peyvand.channels.messengers.models import Bot, Hearing
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label


@dataclass(frozen=True)
class Shown:
    """A bot as its page shows it: never a key. `calls`: its messenger calls us, `tells`: and can be told where."""

    row: Bot
    adapter: Adapter
    hook_url: str
    calls: bool
    tells: bool


@dataclass(frozen=True)
class Link:
    """A way into a chat that begins with a code."""

    messenger: str
    label: Label
    icon: str
    bot: str
    url: str


def bots(*, actor: Actor) -> list[Shown]:
    """The bots of the business one looks at, in their order."""
    actor.require(access.MANAGE)
    rows = Bot.objects.filter(demo=actor.demo, messenger__in=ADAPTERS).order_by("position", "id")
    return [_shown(row) for row in rows]


def bot_get(*, actor: Actor, id: int) -> Shown:
    """One bot; Bot.DoesNotExist."""
    actor.require(access.MANAGE)
    return _shown(Bot.objects.get(pk=id, demo=actor.demo, messenger__in=ADAPTERS))


def _shown(row: Bot) -> Shown:
    adapter = ADAPTERS[row.messenger]
    calls = adapter.hook is not None and (row.hearing == Hearing.HOOK or adapter.updates is None)
    return Shown(row, adapter, hook_url(row), calls, calls and adapter.hook_tell is not None)


def links(*, demo: bool, code: str) -> list[Link]:
    """Links by which somebody begins a chat and says the code with it: of every bot whose name is known."""
    rows = Bot.objects.filter(demo=demo, enabled=True, messenger__in=ADAPTERS).exclude(username="")
    found = []
    for row in rows.order_by("position", "id"):
        adapter = ADAPTERS[row.messenger]
        if adapter.link is not None:
            url = adapter.link(row.username, code)
            found.append(Link(row.messenger, adapter.label, adapter.icon, row.name, url))
    return found


def linkable(*, demo: bool) -> bool:
    """Whether there is a bot to which a code can be said."""
    hearing = [one.name for one in ADAPTERS.values() if one.hook is not None or one.updates is not None]
    return Bot.objects.filter(demo=demo, enabled=True, messenger__in=hearing).exists()
