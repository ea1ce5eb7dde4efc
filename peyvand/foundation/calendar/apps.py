from __future__ import annotations

from peyvand.foundation.registry.apps import RoomConfig


class CalendarConfig(RoomConfig):
    name = "peyvand.foundation.calendar"
    label = "calendar"
