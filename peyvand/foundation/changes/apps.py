from __future__ import annotations

from peyvand.foundation.registry.apps import RoomConfig


class ChangesConfig(RoomConfig):
    name = "peyvand.foundation.changes"
    label = "changes"
