"""Counting what the matrix asks, for the figures of docs/reliability.md."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.rights.table import ROWS
from tests.rights.world import COUNTED, ROLES


@pytest.fixture(autouse=True)
def counted(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> Iterator[None]:
    before = COUNTED.total()
    yield
    if asked := COUNTED.total() - before:
        record_property("figure:matrix · pages: requests asked", asked)
    if request.node.name == "test_every_address_is_listed":
        record_property("figure:matrix · pages: addresses", len({row.name for row in ROWS}))
        record_property("figure:matrix · pages: addresses × methods that are served", len(ROWS))
        record_property("figure:matrix · pages: people who ask, a stranger included", len(ROLES) + 1)
