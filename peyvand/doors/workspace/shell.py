"""The frame round every staff page, composed from what rooms declare and what the person may do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from peyvand.foundation.accounts import settings
from peyvand.foundation.demo.queries import DemoStatus, demo_status, rows_of_parts
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import MenuEntry
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.ui.lists import counts
from peyvand.foundation.ui.shell import NavGroup, NavItem, Notice, Shell, WorkspaceChoice

PHONE_TABS = 5
BADGE = 100  # up to which the menu counts what waits


def shell_of(request: HttpRequest) -> Shell:
    """The frame for this request; a stranger's has only the switches of language and look."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    user = request.user
    if not user.is_authenticated:
        return Shell(workspace_name="", preferences_url=reverse("accounts:preferences"))
    entries = [entry for entry in registry.all(MenuEntry) if entry.permission is None or actor.may(entry.permission)]
    numbers, present = _counted(actor, entries)
    items = tuple(_items(path=request.path, entries=list(zip(entries, numbers, strict=True))))
    status = demo_status(present=present)
    return Shell(
        workspace_name=status.name if actor.demo else settings.text("workspace_name"),
        groups=tuple(_groups(items)),
        workspaces=_workspaces(actor=actor, status=status),
        palette_url=reverse("workspace:palette"),
        me_name=user.name,
        me_role=user.job_title or (user.role.title if user.role else ""),
        me_id=user.pk,
        profile_url=reverse("accounts:profile"),
        settings_url=reverse("accounts:settings"),
        sign_out_url=reverse("account_logout"),
        preferences_url=reverse("accounts:preferences"),
        tabs=items[:PHONE_TABS],
        notices=_notices(actor=actor),
    )


def _counted(actor: Actor, entries: Sequence[MenuEntry]) -> tuple[list[int], bool]:
    """How much waits behind each entry, and whether the sample is there: one question for all of it."""
    badges = [entry.badge(actor) if entry.badge else 0 for entry in entries]
    asked = [rows for found in badges if not isinstance(found, int) for rows in found]
    answers = iter(counts([*asked, *rows_of_parts(demo=True)], cap=BADGE))
    numbers = [found if isinstance(found, int) else sum(next(answers) for _rows in found) for found in badges]
    return numbers, any(answers)


def _items(*, path: str, entries: Sequence[tuple[MenuEntry, int]]) -> Iterator[NavItem]:
    home = reverse("workspace:home")
    yield NavItem(label=gettext("Home"), url=home, icon="home", current=path == home, key="H")
    urls = {entry.name: reverse(entry.url_name) for entry, _count in entries}
    here = max((url for url in urls.values() if path.startswith(url)), key=len, default="")
    for entry, count in entries:
        url = urls[entry.name]
        yield NavItem(
            label=str(entry.label),
            url=url,
            icon=entry.icon,
            group=entry.group,
            count=count,
            current=url == here,
            key=entry.key.upper(),
        )


def _groups(items: tuple[NavItem, ...]) -> Iterator[NavGroup]:
    labels = {
        "": "",
        "customer": gettext("Customer"),
        "work": gettext("Work"),
        "insight": gettext("Understand"),
        "settings": gettext("Administration"),
    }
    for group, label in labels.items():
        found = tuple(item for item in items if item.group == group)
        if found:
            yield NavGroup(label=label, items=found)


def _workspaces(*, actor: Actor, status: DemoStatus) -> tuple[WorkspaceChoice, ...]:
    own = WorkspaceChoice(
        name=settings.text("workspace_name"),
        url=reverse("workspace:switch-business", args=["own"]),
        current=not actor.demo,
    )
    if not status.present:
        return (own,)
    sample = WorkspaceChoice(
        name=status.name, url=reverse("workspace:switch-business", args=["demo"]), current=actor.demo, demo=True
    )
    return (own, sample)


def _notices(*, actor: Actor) -> tuple[Notice, ...]:
    if not actor.demo:
        return ()
    return (
        Notice(
            text=gettext("You are looking at the sample business. Nothing here mixes with your own data."),
            icon="flask",
            url=reverse("demo:status"),
            link=gettext("Bring your own data or remove the sample"),
        ),
    )
