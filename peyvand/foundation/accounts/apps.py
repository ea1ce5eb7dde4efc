from __future__ import annotations

from peyvand.foundation.registry.apps import RoomConfig


class AccountsConfig(RoomConfig):
    name = "peyvand.foundation.accounts"
    label = "accounts"
