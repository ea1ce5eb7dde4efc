from __future__ import annotations

from peyvand.foundation.registry.apps import RoomConfig


class JobsConfig(RoomConfig):
    name = "peyvand.foundation.jobs"
    label = "jobs"
