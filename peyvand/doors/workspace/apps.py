from __future__ import annotations

from peyvand.foundation.registry.apps import RoomConfig


class WorkspaceConfig(RoomConfig):
    name = "peyvand.doors.workspace"
    label = "workspace"
