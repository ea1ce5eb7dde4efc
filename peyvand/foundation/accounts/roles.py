"""The roles made at the first run: a table of patterns over the rights that rooms declare."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from django.utils.translation import gettext_noop

from peyvand.foundation.registry.actor import Scope
from peyvand.foundation.registry.declarations import Permission

ADMIN = "admin"


@dataclass(frozen=True)
class StartingRole:
    """A role of the first run. Of its patterns the last that fits a right's name decides; none means: not given."""

    key: str
    name: str
    description: str
    patterns: tuple[tuple[str, Scope], ...] = ()


NOTHING_OF_THE_HOUSE = (
    ("accounts.*", Scope.NONE),
    ("changes.*", Scope.NONE),
    ("jobs.*", Scope.NONE),
    ("outbox.*", Scope.NONE),
    ("webhooks.*", Scope.NONE),
    ("*.delete", Scope.NONE),
    ("*.erase", Scope.NONE),
    ("*.private", Scope.NONE),
)
NO_FILES = (("*.import", Scope.NONE), ("*.export", Scope.NONE), ("transfer.*", Scope.NONE))

STARTING_ROLES: tuple[StartingRole, ...] = (
    StartingRole(
        ADMIN,
        gettext_noop("Administrator"),
        gettext_noop("May do everything, including people, roles and settings."),
    ),
    StartingRole(
        "manager",
        gettext_noop("Manager"),
        gettext_noop("Sees and changes all records; not people's rights or the workspace's settings."),
        (
            ("*", Scope.ALL),
            ("accounts.*", Scope.NONE),
            ("accounts.view_people", Scope.ALL),
            ("outbox.*", Scope.NONE),
            ("webhooks.*", Scope.NONE),
            ("*.private", Scope.NONE),
        ),
    ),
    StartingRole(
        "sales",
        gettext_noop("Sales"),
        gettext_noop("Works with the customers and orders of their team."),
        (
            ("customers.*", Scope.TEAM),
            ("interactions.*", Scope.TEAM),
            ("interactions.costs", Scope.NONE),
            ("knowledge.view", Scope.ALL),
            ("consents.*", Scope.TEAM),
            ("consents.manage", Scope.NONE),
            ("outreach.view", Scope.TEAM),
            ("outreach.send", Scope.TEAM),
            ("conversations.*", Scope.TEAM),
            ("conversations.manage", Scope.NONE),
            ("forms.view", Scope.TEAM),
            ("forms.handle", Scope.TEAM),
            ("web.view", Scope.ALL),
            ("orders.*", Scope.TEAM),
            ("contracts.*", Scope.TEAM),
            ("products.view*", Scope.ALL),
            ("work.view", Scope.ALL),
            ("value.view*", Scope.TEAM),
            ("insight.view*", Scope.TEAM),
            ("audiences.*", Scope.TEAM),
            ("reports.view", Scope.ALL),
            ("*.export", Scope.NONE),
            ("*.import", Scope.NONE),
            *NOTHING_OF_THE_HOUSE,
        ),
    ),
    StartingRole(
        "service",
        gettext_noop("Customer service"),
        gettext_noop("Helps every customer; sees orders without changing them."),
        (
            ("customers.*", Scope.ALL),
            ("interactions.*", Scope.ALL),
            ("interactions.costs", Scope.NONE),
            ("knowledge.view", Scope.ALL),
            ("knowledge.edit", Scope.ALL),
            ("consents.*", Scope.ALL),
            ("consents.manage", Scope.NONE),
            ("outreach.view", Scope.ALL),
            ("outreach.send", Scope.ALL),
            ("conversations.*", Scope.ALL),
            ("conversations.manage", Scope.NONE),
            ("forms.view", Scope.ALL),
            ("forms.handle", Scope.ALL),
            ("webchat.moderate", Scope.ALL),
            ("web.view", Scope.ALL),
            ("orders.view*", Scope.ALL),
            ("contracts.view", Scope.ALL),
            ("products.view*", Scope.ALL),
            ("work.view", Scope.ALL),
            ("*.export", Scope.NONE),
            ("*.import", Scope.NONE),
            ("*.merge", Scope.NONE),
            *NOTHING_OF_THE_HOUSE,
        ),
    ),
    StartingRole(
        "marketing",
        gettext_noop("Marketing"),
        gettext_noop("Sees all customers and what they are worth; brings in and takes out lists."),
        (
            ("customers.*", Scope.ALL),
            ("interactions.view*", Scope.ALL),
            ("knowledge.view", Scope.ALL),
            ("knowledge.edit", Scope.ALL),
            ("consents.*", Scope.ALL),
            ("outreach.*", Scope.ALL),
            ("conversations.view", Scope.ALL),
            ("forms.*", Scope.ALL),
            ("web.view", Scope.ALL),
            ("orders.view*", Scope.ALL),
            ("contracts.view", Scope.ALL),
            ("products.view*", Scope.ALL),
            ("work.view", Scope.ALL),
            ("value.*", Scope.ALL),
            ("warehouse.view*", Scope.ALL),
            ("insight.*", Scope.ALL),
            ("audiences.*", Scope.ALL),
            ("reports.*", Scope.ALL),
            ("transfer.*", Scope.ALL),
            *NOTHING_OF_THE_HOUSE,
        ),
    ),
    StartingRole(
        "viewer",
        gettext_noop("Viewer"),
        gettext_noop("Sees everything, changes nothing."),
        (("*.view", Scope.ALL), *NO_FILES, *NOTHING_OF_THE_HOUSE),
    ),
)


def grants_by_pattern(role: StartingRole, permissions: Iterable[Permission]) -> Mapping[str, Scope]:
    """The rights a starting role gets of those declared; a right without scopes is given whole or not at all."""
    given: dict[str, Scope] = {}
    for permission in permissions:
        scope = Scope.NONE
        for pattern, reach in role.patterns:
            if fnmatchcase(permission.name, pattern):
                scope = reach
        if scope:
            given[permission.name] = scope if permission.scoped else Scope.ALL
    return given
