"""What an error says of the database or the disk, when it is none of ours."""

from __future__ import annotations

import errno
from typing import Literal

import psycopg
from django.db import InterfaceError, OperationalError

Trouble = Literal["", "away", "full"]
AWAY = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)
DISK_FULL = "53100"  # PostgreSQL's codes
READ_ONLY = "25006"


def trouble_of(error: BaseException | None) -> Trouble:
    """ "full" where a disk has no room, "away" where the database does not answer or takes nothing; "" for the rest."""
    seen = 0
    found: Trouble = ""
    while error is not None and seen < 10:
        state = getattr(error, "sqlstate", None)
        if state == DISK_FULL or (isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)):
            return "full"
        if isinstance(error, AWAY) or state == READ_ONLY:
            found = "away"
        error, seen = error.__cause__, seen + 1
    return found
