from __future__ import annotations

from peyvand.foundation.registry.apps import RoomConfig


class MessengersConfig(RoomConfig):
    name = "peyvand.channels.messengers"
    label = "messengers"
