"""Tests that commit: several transactions at once cannot be had inside one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from peyvand.foundation.outbox.tests.committing import really_committing
from peyvand.foundation.registry.declarations import EventHandler
from peyvand.foundation.registry.registry import registry

Handle = Callable[..., EventHandler]


@pytest.fixture
def committing(db: None) -> Iterator[None]:
    """A database in which commits are real; the outbox is emptied afterwards."""
    with really_committing("outbox_delivery", "outbox_failure", "outbox_event", "outbox_cursor"):
        yield


@pytest.fixture
def handle(monkeypatch: pytest.MonkeyPatch) -> Handle:
    """Declares handlers for the length of a test, in place of those of the rooms."""
    declared: dict[str, Any] = {}
    monkeypatch.setitem(registry._by_kind, EventHandler, declared)

    def declare(name: str, event: type[Any], function: Callable[..., None]) -> EventHandler:
        handler = EventHandler(name=name, event=event, function=function)
        declared[name] = handler
        return handler

    return declare
