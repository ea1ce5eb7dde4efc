from __future__ import annotations

from peyvand.foundation.registry.apps import RoomConfig


class FilesConfig(RoomConfig):
    name = "peyvand.foundation.files"
    label = "files"
