"""What this room declares to the registry."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import available_timezones

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.accounts import access, actors, limits
from peyvand.foundation.accounts.declarations import SettingKey
from peyvand.foundation.accounts.models import Calendar
from peyvand.foundation.changes.declarations import KindOfSet, TrackedTable
from peyvand.foundation.jobs.declarations import ActorLoader
from peyvand.foundation.registry.declarations import ImpersonalTable, MenuEntry, Schedule, SettingsPage


def _text(value: object) -> str:
    text = str(value).strip()
    if not text or len(text) > 120:
        raise ValueError("between 1 and 120 letters")
    return text


def _one_of(*allowed: str) -> Callable[[Any], str]:
    def check(value: object) -> str:
        if value not in allowed:
            raise ValueError(f"not one of {allowed}")
        return str(value)

    return check


def _currency(value: object) -> str:
    code = str(value).strip().upper()
    if len(code) != 3 or not code.isascii() or not code.isalpha():
        raise ValueError("not a currency code of three letters")
    return code


def _zone(value: object) -> str:
    if value not in available_timezones():
        raise ValueError("not a time zone")
    return str(value)


def _weekdays(value: object) -> list[int]:
    if not isinstance(value, list | tuple | set) or not all(str(day) in "0123456" for day in value):
        raise ValueError("days are numbers from 0, Monday, to 6, Sunday")
    return sorted({int(day) for day in value})


SETTINGS = (
    SettingKey("workspace_name", _("Peyvand"), _text, 1),
    SettingKey("default_currency", "IRR", _currency, 2),
    SettingKey("calendar", "jalali", _one_of(*Calendar.values), 3),  # of new people
    SettingKey("time_zone", "Asia/Tehran", _zone, 4),  # of the business: where its days begin
    SettingKey("toman", True, bool, 5),
    SettingKey("weekend", [4], _weekdays, 6),  # Python's weekday(): Monday is 0, Friday 4
)

DECLARATIONS = (
    ImpersonalTable("accounts_apitoken", "tokens of our own people and programs", staff=True),
    ImpersonalTable("accounts_attempt", "attempts to sign in", staff=True),
    ImpersonalTable("accounts_invitation", "invitations of colleagues", staff=True),
    ImpersonalTable("accounts_invitation_teams", "teams an invitation leads to", staff=True),
    ImpersonalTable("accounts_membership", "who of us is in which team", staff=True),
    ImpersonalTable("accounts_resetlink", "links for a new password", staff=True),
    ImpersonalTable("accounts_role", "roles"),
    ImpersonalTable("accounts_rolegrant", "rights of roles"),
    ImpersonalTable("accounts_rolehidden", "which fields roles do not see"),
    ImpersonalTable("accounts_setting", "settings of the workspace"),
    ImpersonalTable("accounts_signin", "sign-ins of our own people", staff=True),
    ImpersonalTable("accounts_team", "teams of our own people"),
    ImpersonalTable("accounts_user", "our own people", staff=True),
    *access.PERMISSIONS,
    *SETTINGS,
    MenuEntry("settings", _("Settings"), "settings", "accounts:settings", "settings", 90),
    SettingsPage(
        "profile", _("Profile"), _("Your name, language, calendar, look and keyboard"), "user-circle",
        "accounts:profile", 10,
    ),
    SettingsPage(
        "security", _("Sign-in and security"), _("Your password, second factor, passkeys and sessions"), "shield-lock",
        "accounts:security", 11,
    ),
    SettingsPage(
        "workspace", _("Workspace"), _("Name, currency, calendar, time zone and weekend of the business"),
        "building-store", "accounts:workspace", 20, access.MANAGE_SETTINGS,
    ),
    SettingsPage(
        "people", _("People"), _("Who works here: invite, change, deactivate"), "users", "accounts:users", 30,
        access.VIEW_PEOPLE,
    ),
    SettingsPage(
        "teams", _("Teams"), _("Who works together and who leads"), "users-group", "accounts:teams", 31,
        access.VIEW_PEOPLE,
    ),
    SettingsPage(
        "roles", _("Roles"), _("What each role may see and do"), "key", "accounts:roles", 32, access.MANAGE_ROLES
    ),
    SettingsPage(
        "tokens", _("Tokens for programs"), _("Keys by which other programs read and write here"), "api",
        "accounts:tokens", 40, access.TOKENS,
    ),
    KindOfSet("access", _("People and rights"), "key", access.UNDO),
    KindOfSet("workspace", _("Workspace settings"), "settings", access.UNDO),
    ActorLoader("accounts", actors.actor_from_plain),
    TrackedTable("accounts_user", _("Colleague"), "user"),
    TrackedTable("accounts_role", _("Role"), "key"),
    TrackedTable("accounts_rolegrant", _("Right of a role"), "key"),
    TrackedTable("accounts_rolehidden", _("Field hidden from a role"), "eye-off"),
    TrackedTable("accounts_team", _("Team"), "users-group"),
    TrackedTable("accounts_membership", _("Team member"), "users-group"),
    TrackedTable("accounts_setting", _("Workspace setting"), "settings"),
    Schedule("accounts.sweep", "17 2 * * *", limits.sweep),
)  # fmt: skip
