from __future__ import annotations

from peyvand.foundation.registry.apps import RoomConfig


class PredictionConfig(RoomConfig):
    name = "peyvand.insight.prediction"
    label = "prediction"
