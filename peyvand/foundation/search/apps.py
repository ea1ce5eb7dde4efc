from __future__ import annotations

from peyvand.foundation.registry.apps import RoomConfig


class SearchConfig(RoomConfig):
    name = "peyvand.foundation.search"
    label = "search"
