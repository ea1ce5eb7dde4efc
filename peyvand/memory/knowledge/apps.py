from __future__ import annotations

from peyvand.foundation.registry.apps import RoomConfig


class KnowledgeConfig(RoomConfig):
    name = "peyvand.memory.knowledge"
    label = "knowledge"
