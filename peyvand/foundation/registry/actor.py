"""Who is acting, and the one check of what they may. Default is deny; an unregistered permission raises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from types import MappingProxyType
from typing import Any

from django.core.exceptions import PermissionDenied

from peyvand.foundation.registry.declarations import Permission
from peyvand.foundation.registry.registry import registry


class Scope(IntEnum):
    """How far a permission reaches, from nothing to every record."""

    NONE = 0
    OWN = 1
    TEAM = 2
    ALL = 3


class NotAllowed(PermissionDenied):
    """The actor lacks `permission`; the screen says which, and who can give it."""

    def __init__(self, permission: str) -> None:
        super().__init__(permission)
        self.permission = permission


@dataclass(frozen=True)
class Actor:
    """A person, a token or the system, with what they may.

    `user_id` is None for the system itself. `demo` says which of the two businesses the actor looks at: the sample one
    or one's own; every query filters by it, so the two never mix. `via` is web, api, console or job. `hidden` are the
    fields that the role does not see, as "<record>.<field>". `colleague_ids` are those who are in one of the teams;
    None where nobody has read them yet.
    """

    user_id: int | None
    name: str
    grants: Mapping[str, Scope] = field(default_factory=lambda: MappingProxyType({}))
    team_ids: frozenset[int] = frozenset()
    colleague_ids: frozenset[int] | None = None
    demo: bool = False
    everything: bool = False
    via: str = "web"
    token_id: int | None = None
    language: str = "fa"
    hidden: frozenset[str] = frozenset()

    def hides(self, field: str) -> bool:
        """Whether a field ("customer.note") is kept from this actor; never from who may everything."""
        return field in self.hidden and not self.everything

    def scope(self, permission: str) -> Scope:
        """How far the permission reaches for this actor; UnknownNameError when no room declares it."""
        registry.get(Permission, permission)
        if self.everything:
            return Scope.ALL
        return self.grants.get(permission, Scope.NONE)

    def may(self, permission: str) -> bool:
        """Whether the actor holds the permission in any scope."""
        return self.scope(permission) > Scope.NONE

    def require(self, permission: str) -> None:
        """Raise NotAllowed unless the actor holds the permission in some scope."""
        if not self.may(permission):
            raise NotAllowed(permission)

    def looking_at(self, *, demo: bool) -> Actor:
        """The same actor, looking at the sample business or at one's own."""
        return replace(self, demo=demo)

    def as_plain(self) -> dict[str, Any]:
        """What a job keeps of its actor: enough to load the same rights again when it runs."""
        return {"user_id": self.user_id, "token_id": self.token_id, "demo": self.demo, "via": self.via}


SYSTEM = "Peyvand"  # by this name the system itself stands in the trail; pages say it in the reader's language


def system_actor(*, demo: bool = False, via: str = "job", name: str = SYSTEM, language: str = "fa") -> Actor:
    """The system itself: schedules, handlers and the console; may everything, in one of the two businesses."""
    return Actor(user_id=None, name=name, everything=True, demo=demo, via=via, language=language)
