from __future__ import annotations

from peyvand.foundation.registry.apps import RoomConfig


class WorkConfig(RoomConfig):
    name = "peyvand.memory.work"
    label = "work"
