from __future__ import annotations

from peyvand.foundation.registry.apps import RoomConfig


class SmsConfig(RoomConfig):
    name = "peyvand.channels.sms"
    label = "sms"
