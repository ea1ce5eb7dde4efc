"""`python -m peyvand.doors.console.prepare`: tables and static files as this version needs them, once each.

The supervisor runs it as a child, so that Django does not stay in its memory.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import sys
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import DatabaseError

from peyvand.doors.console import ground
from peyvand.foundation.database.errors import DatabaseUnavailableError

FAILED = 8


def collect() -> bool:
    """Gather the static files under the data folder when any has changed; False when none had."""
    root = Path(settings.STATIC_ROOT)
    root.parent.mkdir(parents=True, exist_ok=True)
    with (root.parent / "static.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp, wanted = root / ".stamp", _stamp()
        if stamp.is_file() and stamp.read_text(encoding="ascii") == wanted:
            return False
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(wanted, encoding="ascii")
    return True


def _stamp() -> str:
    """What the sources of the static files are now: names, sizes, times, and how names are made."""
    digest = hashlib.sha256(repr(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for name, storage in finder.list(None):
            found = os.stat(storage.path(name))
            digest.update(f"{name}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def main() -> int:
    """0 when everything is in place; else an exit code, and one line on stderr."""
    try:
        ground.set_up()
        ground.migrate(say=lambda line: None)
        collect()
    except DatabaseUnavailableError as error:
        sys.stderr.write(f"{error}\n")
        return int(error.exit_code)
    except (DatabaseError, OSError) as error:
        sys.stderr.write(f"{str(error).strip().splitlines()[0]}\n")
        return FAILED
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
