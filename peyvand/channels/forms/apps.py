from __future__ import annotations

from peyvand.foundation.registry.apps import RoomConfig


class FormsConfig(RoomConfig):
    name = "peyvand.channels.forms"
    label = "forms"
