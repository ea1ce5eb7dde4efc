"""What the frame round every staff page shows: navigation, workspace, me. Filled by doors.workspace, once a request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class NavItem:
    """A place to go. `count` is shown when someone waits there; `hot` fills it. `key` is the letter after G ("C")."""

    label: str
    url: str
    icon: str
    group: str = ""
    count: int = 0
    hot: bool = False
    current: bool = False
    key: str = ""


@dataclass(frozen=True)
class NavGroup:
    """Items under one small heading; the first group has none."""

    label: str
    items: Sequence[NavItem]


@dataclass(frozen=True)
class WorkspaceChoice:
    """A business one may look at. `url` is posted to, since looking elsewhere changes the session."""

    name: str
    url: str
    current: bool = False
    demo: bool = False


@dataclass(frozen=True)
class Notice:
    """A strip over the page, for what concerns every page (the sample business, a stopped worker)."""

    text: str
    tone: Literal["info", "warn", "bad", "good"] = "info"
    icon: str = "info-circle"
    url: str = ""
    link: str = ""


@dataclass(frozen=True)
class Shell:
    """The frame's data. `preferences_url` takes a POST of `theme` or `language` from the person whose page it is."""

    workspace_name: str
    groups: Sequence[NavGroup] = ()
    workspaces: Sequence[WorkspaceChoice] = ()
    palette_url: str = ""
    me_name: str = ""
    me_role: str = ""
    me_id: int = 0
    profile_url: str = ""
    settings_url: str = ""
    sign_out_url: str = ""
    preferences_url: str = ""
    tabs: Sequence[NavItem] = ()
    notices: Sequence[Notice] = field(default_factory=tuple)

    @property
    def items(self) -> list[NavItem]:
        """Every place in the navigation, in its order."""
        return [item for group in self.groups for item in group.items]
