from __future__ import annotations

from peyvand.foundation.registry.apps import RoomConfig


class ConversationsConfig(RoomConfig):
    name = "peyvand.channels.conversations"
    label = "conversations"
