from __future__ import annotations

from peyvand.foundation.registry.apps import RoomConfig


class MatchingConfig(RoomConfig):
    name = "peyvand.memory.matching"
    label = "matching"
