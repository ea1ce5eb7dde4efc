"""Who keeps the files fresh: when there is something to load, and that a child of the worker loads it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from peyvand.foundation.outbox.tests.committing import really_committing
from peyvand.insight.warehouse import feed, place, standing
from peyvand.insight.warehouse.models import Load
from peyvand.memory.commerce.tests.factories import a_product

TABLES = ("warehouse_load", "commerce_product", "outbox_event", "warehouse_change")


@pytest.fixture
def committed(db: None, tmp_path: Path, settings: Any) -> Iterator[None]:
    """A database in which commits are real, and a warehouse of its own."""
    settings.DATA = tmp_path
    with really_committing(*TABLES):
        yield


@pytest.mark.slow
def test_a_load_is_wanted_when_something_changed_or_somebody_was_erased(
    committed: None, django_assert_num_queries: Any
) -> None:
    assert not standing.wanted(), "an empty house has nothing to load"
    a_product()
    assert standing.wanted()
    feed.load()
    with django_assert_num_queries(1):
        assert not standing.wanted()
    folder = place.current()
    assert folder is not None
    (folder / "contracts").rename(folder.parent / "contracts")
    assert standing.wanted(), "a fact is not in the files"
    (folder.parent / "contracts").rename(folder / "contracts")
    place.forget()
    assert standing.wanted()
    feed.load()
    assert not standing.wanted()
    Load.objects.update(token="as restored")
    assert standing.wanted()
    feed.load()
    a_product()
    with django_assert_num_queries(1):
        assert standing.wanted()


@pytest.mark.slow
def test_a_child_of_the_worker_loads(committed: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    a_product()
    known = connection.get_connection_params()
    address = f"postgresql://{known['user']}@/{known['dbname']}?host={known['host']}&port={known.get('port') or 5432}"
    monkeypatch.setenv("DATABASE_URL", address)
    monkeypatch.setenv("PEYVAND_DATA", str(tmp_path))
    assert standing.spawned(threading.Event())
    assert Load.objects.get().facts["products"]["rows"] == 1
    assert place.current() == place.folder_of(Load.objects.get().pk)
    stopped = threading.Event()
    stopped.set()
    assert not standing.spawned(stopped)
