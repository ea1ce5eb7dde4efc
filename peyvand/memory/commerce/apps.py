from __future__ import annotations

from peyvand.foundation.registry.apps import RoomConfig


class CommerceConfig(RoomConfig):
    name = "peyvand.memory.commerce"
    label = "commerce"
