from __future__ import annotations

from peyvand.foundation.registry.apps import RoomConfig


class ApiConfig(RoomConfig):
    name = "peyvand.doors.api"
    label = "api"
