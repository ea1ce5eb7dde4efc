from __future__ import annotations

from peyvand.foundation.registry.apps import RoomConfig


class WebchatConfig(RoomConfig):
    name = "peyvand.channels.webchat"
    label = "webchat"
