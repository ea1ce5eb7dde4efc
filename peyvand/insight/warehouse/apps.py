from __future__ import annotations

from peyvand.foundation.registry.apps import RoomConfig


class WarehouseConfig(RoomConfig):
    name = "peyvand.insight.warehouse"
    label = "warehouse"
