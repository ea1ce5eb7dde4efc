from __future__ import annotations

from peyvand.foundation.registry.apps import RoomConfig


class PrivacyConfig(RoomConfig):
    name = "peyvand.memory.privacy"
    label = "privacy"
