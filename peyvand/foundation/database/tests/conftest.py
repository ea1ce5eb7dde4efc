"""Sentences are looked at in English, whatever the language of the house is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """The words as they are in the code."""
    with translation.override("en"):
        yield
