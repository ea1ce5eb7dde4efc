"""Ask every room at once, by right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext

from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Action, Hit, MenuEntry, SearchProvider, SettingsPage
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.text.keys import fa_key

MANY = 8


@dataclass(frozen=True)
class Group:
    """Hits of one kind, under their heading."""

    label: str
    hits: tuple[Hit, ...]


def find(*, actor: Actor, text: str, limit: int = MANY) -> tuple[Group, ...]:
    """Records first, then actions, places and pages of the settings; `>` before the text leaves the records out.

    Nothing typed: everything that can be done or opened, so that nobody has to know a word for it. Only what the actor
    may see or do.
    """
    asked = text.strip()
    commands_only = asked.startswith(">")
    asked = asked.removeprefix(">").strip()
    groups: list[Group] = []
    if asked and not commands_only:
        for provider in registry.all(SearchProvider):
            hits = tuple(provider.search(actor, asked, limit))
            if hits:
                groups.append(Group(label=str(provider.label), hits=hits[:limit]))
    key = fa_key(asked)
    commands = (
        (gettext("Actions"), _actions(actor)),
        (gettext("Go to"), _places(actor)),
        (gettext("Settings"), _settings(actor)),
    )
    for label, found in commands:
        hits = _matching(key, tuple(found))
        if hits:
            groups.append(Group(label=label, hits=hits[:limit] if asked else hits))
    return tuple(groups)


def _matching(key: str, found: tuple[Hit, ...]) -> tuple[Hit, ...]:
    """Those whose title has the letters, then those whose explanation has them."""
    titled = [hit for hit in found if key in fa_key(hit.title)]
    explained = [hit for hit in found if hit not in titled and key in fa_key(hit.subtitle)]
    return (*titled, *explained)


def _actions(actor: Actor) -> Iterator[Hit]:
    for action in registry.all(Action):
        if action.permission is None or actor.may(action.permission):
            yield Hit(title=str(action.label), subtitle="", icon=action.icon, url=reverse(action.url_name))


def _places(actor: Actor) -> Iterator[Hit]:
    for entry in registry.all(MenuEntry):
        if entry.permission is None or actor.may(entry.permission):
            yield Hit(title=str(entry.label), subtitle="", icon=entry.icon, url=reverse(entry.url_name))


def _settings(actor: Actor) -> Iterator[Hit]:
    for page in registry.all(SettingsPage):
        if page.permission is None or actor.may(page.permission):
            yield Hit(title=str(page.label), subtitle=str(page.help), icon=page.icon, url=reverse(page.url_name))
