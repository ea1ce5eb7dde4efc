from __future__ import annotations

from peyvand.foundation.registry.apps import RoomConfig


class PushConfig(RoomConfig):
    name = "peyvand.channels.push"
    label = "push"
