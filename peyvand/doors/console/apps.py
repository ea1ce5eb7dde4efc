from __future__ import annotations

from peyvand.foundation.registry.apps import RoomConfig


class ConsoleConfig(RoomConfig):
    name = "peyvand.doors.console"
    label = "console"
