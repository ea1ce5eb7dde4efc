from __future__ import annotations

from peyvand.foundation.registry.apps import RoomConfig


class TransferConfig(RoomConfig):
    name = "peyvand.foundation.transfer"
    label = "transfer"
