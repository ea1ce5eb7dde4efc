from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _no_own_hosts(settings: Any) -> None:
    settings.OWN_HOSTS = []


@pytest.fixture
def loopback(settings: Any) -> None:
    """The installation allows requests to 127.0.0.1."""
    settings.OWN_HOSTS = ["127.0.0.1"]
