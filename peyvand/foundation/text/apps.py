from __future__ import annotations

from peyvand.foundation.registry.apps import RoomConfig


class TextConfig(RoomConfig):
    name = "peyvand.foundation.text"
    label = "text"
