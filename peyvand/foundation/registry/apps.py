from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig

from peyvand.foundation.registry.registry import registry


class RoomConfig(AppConfig):
    """Base of every room's app: when Django is ready, what registrations.py declares goes into the registry."""

    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        name = f"{self.name}.registrations"
        if find_spec(name) is None:
            return
        for declaration in import_module(name).DECLARATIONS:
            registry.add(declaration)


class RegistryConfig(RoomConfig):
    name = "peyvand.foundation.registry"
    label = "registry"
