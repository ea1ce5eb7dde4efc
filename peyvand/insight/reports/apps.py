from __future__ import annotations

from peyvand.foundation.registry.apps import RoomConfig


class ReportsConfig(RoomConfig):
    name = "peyvand.insight.reports"
    label = "reports"
