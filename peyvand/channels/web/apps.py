from __future__ import annotations

from peyvand.foundation.registry.apps import RoomConfig


class WebConfig(RoomConfig):
    name = "peyvand.channels.web"
    label = "web"
