"""The job that counts how good the base is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from peyvand.foundation.jobs.models import Run
from peyvand.foundation.jobs.running import Running
from peyvand.memory.matching.services.measuring import quality_count


def count(run: Running, **_arguments: Any) -> Mapping[str, Any]:
    """Count the business that the one who asked looks at."""
    run.progress(0, 1)
    made = quality_count(demo=run.actor.demo)
    run.progress(1, 1)
    return {"day": made.day.isoformat(), "score": made.score}


def result_url(run: Run) -> str:
    """The report."""
    return reverse("matching:quality")
