from __future__ import annotations

from peyvand.foundation.registry.apps import RoomConfig


class FieldsConfig(RoomConfig):
    name = "peyvand.foundation.fields"
    label = "fields"
