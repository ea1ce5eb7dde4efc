from __future__ import annotations

from peyvand.foundation.registry.apps import RoomConfig


class CustomersConfig(RoomConfig):
    name = "peyvand.memory.customers"
    label = "customers"
