"""Folders of one's own for a while, for work that needs files. They lie in the data folder, since they may hold names
and numbers of people, which must not stay where nobody looks: what a killed worker left goes when the next one is made.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings


@contextmanager
def scratch() -> Iterator[Path]:
    """An empty folder, gone when the block ends."""
    root = Path(settings.DATA) / "scratch"
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    _sweep(root)
    while True:
        folder = Path(tempfile.mkdtemp(dir=root))
        with suppress(FileNotFoundError):  # it was swept before it was held
            held = os.open(folder, os.O_RDONLY)
            fcntl.flock(held, fcntl.LOCK_SH)
            if folder.is_dir():
                break
            os.close(held)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)


def _sweep(root: Path) -> None:
    """Those that nobody holds any more go."""
    for folder in root.iterdir():
        with suppress(OSError):
            found = os.open(folder, os.O_RDONLY)
            try:
                fcntl.flock(found, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(found)
