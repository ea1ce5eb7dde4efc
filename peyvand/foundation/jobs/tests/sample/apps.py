from __future__ import annotations

from peyvand.foundation.registry.apps import RoomConfig


class SampleConfig(RoomConfig):
    name = "peyvand.foundation.jobs.tests.sample"
    label = "sample_jobs"
