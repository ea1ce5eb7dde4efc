from __future__ import annotations

from peyvand.foundation.registry.apps import RoomConfig


class AudiencesConfig(RoomConfig):
    name = "peyvand.insight.audiences"
    label = "audiences"
