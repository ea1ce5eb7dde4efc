from __future__ import annotations

from peyvand.foundation.registry.apps import RoomConfig


class OutsideConfig(RoomConfig):
    name = "peyvand.foundation.outside"
    label = "outside"
