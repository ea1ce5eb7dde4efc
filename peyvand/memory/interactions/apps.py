from __future__ import annotations

from peyvand.foundation.registry.apps import RoomConfig


class InteractionsConfig(RoomConfig):
    name = "peyvand.memory.interactions"
    label = "interactions"
