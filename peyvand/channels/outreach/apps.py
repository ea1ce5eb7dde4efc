from __future__ import annotations

from peyvand.foundation.registry.apps import RoomConfig


class OutreachConfig(RoomConfig):
    name = "peyvand.channels.outreach"
    label = "outreach"
