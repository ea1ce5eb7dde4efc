"""Counting what the matrix of the API asks, for the figures of docs/reliability.md."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from peyvand.doors.api.tests.factories import ASKED


@pytest.fixture(autouse=True)
def counted(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> Iterator[None]:
    before = ASKED.total()
    yield
    if request.node.path.name == "test_matrix.py" and (asked := ASKED.total() - before):
        record_property("figure:matrix · API: requests asked", asked)
