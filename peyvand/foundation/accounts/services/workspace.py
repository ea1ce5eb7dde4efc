"""Verbs on what is set: the workspace by its administrators, one's profile by oneself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext

from peyvand.foundation.accounts import access, settings
from peyvand.foundation.accounts.models import User
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.registry.actor import Actor, NotAllowed


def settings_save(*, actor: Actor, values: Mapping[str, Any]) -> None:
    """Store settings of the workspace; ValueError when one does not fit, and then none is stored."""
    actor.require(access.MANAGE_SETTINGS)
    with change_set(actor=actor, kind="workspace", title=gettext("Workspace settings"), reference={"keys": [*values]}):
        settings.put(values)


@dataclass(frozen=True)
class Profile:
    """What a person sets for themselves. `language` "" follows the browser; `tz` is an IANA name."""

    name: str
    job_title: str
    language: str
    calendar: str
    tz: str
    toman: bool
    theme: str
    keys_enabled: bool


def profile_save(*, actor: Actor, profile: Profile) -> User:
    """Change one's own profile: never one's e-mail, role or teams."""
    if actor.user_id is None or actor.token_id is not None:
        raise NotAllowed(access.MANAGE_USERS)
    with change_set(actor=actor, kind="settings", title=gettext("Own profile"), reference={"user": actor.user_id}):
        user = User.objects.select_for_update().get(pk=actor.user_id)
        for name, value in asdict(profile).items():
            setattr(user, name, value)
        user.save(update_fields=[*asdict(profile)])
    return user


def language_set(*, actor: Actor, language: str) -> None:
    """The language a signed-in person chose by the switch."""
    if actor.user_id is not None:
        User.objects.filter(pk=actor.user_id).update(language=language)


def theme_set(*, actor: Actor, theme: str) -> None:
    """The look a signed-in person chose by the switch."""
    if actor.user_id is not None:
        User.objects.filter(pk=actor.user_id).update(theme=theme)
