from __future__ import annotations

from peyvand.foundation.registry.apps import RoomConfig


class EmailConfig(RoomConfig):
    name = "peyvand.channels.email"
    label = "email"
