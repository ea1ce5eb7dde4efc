"""Settings of the processes that the tests of accidents start: the whole product, with little patience."""

from __future__ import annotations

from peyvand.config.settings import *  # noqa: F403

JOBS_STALE_SECONDS = 3
