from __future__ import annotations

from peyvand.foundation.registry.apps import RoomConfig


class DemoConfig(RoomConfig):
    name = "peyvand.foundation.demo"
    label = "demo"
