from __future__ import annotations

from peyvand.foundation.registry.apps import RoomConfig


class WebhooksConfig(RoomConfig):
    name = "peyvand.foundation.webhooks"
    label = "webhooks"
