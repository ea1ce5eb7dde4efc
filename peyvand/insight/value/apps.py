from __future__ import annotations

from peyvand.foundation.registry.apps import RoomConfig


class ValueConfig(RoomConfig):
    name = "peyvand.insight.value"
    label = "value"
