"""Tests that commit: several transactions at once cannot be had inside one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from peyvand.foundation.registry.declarations import EventHandler
from peyvand.foundation.registry.registry import registry

Handle = Callable[..., EventHandler]


@pytest.fixture
def committing(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A database in which commits are real; the outbox is emptied afterwards."""
    with django_db_blocker.unblock():
        yield
        with connection.cursor() as cursor:
            for table in ("delivery", "failure", "event", "cursor"):
                cursor.execute(f"DELETE FROM outbox_{table}")
        connection.close()


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
