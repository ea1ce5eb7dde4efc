"""Fixtures of rooms whose pages are tested here, above the floors, since a page needs somebody signed in."""

from __future__ import annotations

from peyvand.foundation.jobs.tests.conftest import sample

__all__ = ["sample"]
