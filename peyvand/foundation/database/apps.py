from __future__ import annotations

from peyvand.foundation.registry.apps import RoomConfig


class DatabaseConfig(RoomConfig):
    name = "peyvand.foundation.database"
    label = "database"
