"""One event is declared here for the length of a test: no room below this one has any."""

from __future__ import annotations

from typing import Any

import pytest

from peyvand.foundation.registry.registry import registry
from peyvand.foundation.webhooks.declarations import WebhookEvent
from peyvand.foundation.webhooks.tests.factories import THINGS


@pytest.fixture(autouse=True)
def _things(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setitem(registry._by_kind, WebhookEvent, {THINGS.name: THINGS})
    settings.OWN_HOSTS = []


@pytest.fixture
def loopback(settings: Any) -> None:
    """The installation allows messages to 127.0.0.1."""
    settings.OWN_HOSTS = ["127.0.0.1"]
