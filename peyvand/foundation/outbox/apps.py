from __future__ import annotations

from peyvand.foundation.registry.apps import RoomConfig


class OutboxConfig(RoomConfig):
    name = "peyvand.foundation.outbox"
    label = "outbox"
