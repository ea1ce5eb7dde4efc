from __future__ import annotations

from peyvand.foundation.registry.apps import RoomConfig


class SitesConfig(RoomConfig):
    name = "peyvand.channels.sites"
    label = "sites"
