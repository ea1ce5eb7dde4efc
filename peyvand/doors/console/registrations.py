"""What the room declares."""

from __future__ import annotations

import time
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Schedule, Trace
from peyvand.foundation.text.mentions import Mentioned

KEPT_DAYS = 90  # of the details of a fault


def _faults() -> list[Path]:
    return [path for path in (Path(settings.DATA) / "faults").glob("*.txt") if path.is_file()]


def _forget(actor: Actor, somebody: Mentioned) -> int:
    """Details of faults may quote a row; those that name them go."""
    told = [path for path in _faults() if somebody.in_text(path.read_text(encoding="utf-8", errors="replace"))]

    def remove() -> None:
        for path in told:
            path.unlink(missing_ok=True)

    transaction.on_commit(remove)
    return len(told)


def _sweep() -> None:
    for path in _faults():
        if time.time() - path.stat().st_mtime > KEPT_DAYS * 86_400:
            path.unlink(missing_ok=True)


DECLARATIONS = (
    Trace("console", _("Details of faults"), _forget, order=60),
    Schedule("console.sweep", "47 2 * * *", _sweep),
)
