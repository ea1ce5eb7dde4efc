from __future__ import annotations

from peyvand.foundation.registry.apps import RoomConfig


class SiteConfig(RoomConfig):
    name = "peyvand.doors.site"
    label = "site"
