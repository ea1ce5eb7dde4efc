from __future__ import annotations

from peyvand.foundation.registry.apps import RoomConfig


class ConsentsConfig(RoomConfig):
    name = "peyvand.memory.consents"
    label = "consents"
