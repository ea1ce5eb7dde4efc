from __future__ import annotations

from peyvand.foundation.registry.apps import RoomConfig


class UiConfig(RoomConfig):
    name = "peyvand.foundation.ui"
    label = "ui"
