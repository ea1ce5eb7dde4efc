"""The verbs of audiences: each one change set, so that one undo takes it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from peyvand.foundation.registry.actor import Actor
from peyvand.insight.audiences.models import Audience, Snapshot


@dataclass(frozen=True, kw_only=True)
class AudienceData:
    """An audience as it is to be; with no owner it is the actor's. Its team sees it, everyone where it is `shared`.

    `mined` ({"currency": …, "group": …}) in place of a tree makes an audience of a group that prediction found.
    """

    name: str
    note: str = ""
    tree: Mapping[str, Any] = field(default_factory=dict)
    mined: Mapping[str, Any] | None = None
    owner_id: int | None = None
    team_id: int | None = None
    shared: bool = False


def audience_create(*, actor: Actor, data: AudienceData) -> Audience:
    """Make an audience; its members are there at once where that is quick, else a moment later (`due`).

    Raises NotAllowed, AudienceRefusedError (name, owner_id, team_id), ConditionRefusedError.
    """
    raise NotImplementedError


def audience_change(*, actor: Actor, audience: Audience, data: AudienceData, version: int | None = None) -> Audience:
    """Change it, as above; ChangedMeanwhileError where it is of another version by now."""
    raise NotImplementedError


def audience_archive(*, actor: Actor, audience: Audience, archived: bool = True) -> int:
    """Put it away, or take it up again; gives the change set to undo. What others contain is not put away."""
    raise NotImplementedError


def audience_freeze(*, actor: Actor, audience: Audience) -> Audience:
    """Members stay who they are now."""
    raise NotImplementedError


def audience_thaw(*, actor: Actor, audience: Audience) -> Audience:
    """A frozen one becomes live again."""
    raise NotImplementedError


def snapshot_take(*, actor: Actor, audience: Audience, label: str = "") -> Snapshot:
    """Keep who is in it now, to be compared with later."""
    raise NotImplementedError


def audience_rebuild(*, actor: Actor, audience: Audience) -> Audience:
    """Look its members up anew, all of them."""
    raise NotImplementedError
