from __future__ import annotations

from peyvand.foundation.registry.apps import RoomConfig


class MoneyConfig(RoomConfig):
    name = "peyvand.foundation.money"
    label = "money"
