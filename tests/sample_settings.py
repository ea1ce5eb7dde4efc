"""Settings of the workers that the tests start: the sample app, and little patience."""

from __future__ import annotations

from peyvand.config.settings import *  # noqa: F403
from peyvand.config.settings import INSTALLED_APPS

KEPT = ("django.", "csp", "allauth", "procrastinate", "peyvand.foundation.")
INSTALLED_APPS = [app for app in INSTALLED_APPS if app.startswith(KEPT)]
INSTALLED_APPS = [*INSTALLED_APPS, "peyvand.foundation.jobs.tests.sample.apps.SampleConfig"]
JOBS_STALE_SECONDS = 3
CHILD_MEMORY_MB = 256
