"""Where the files of the warehouse lie: <data folder>/warehouse/<load>/<fact>.parquet; `current` names the load."""

from __future__ import annotations

import os
import shutil
from datetime import datetime
from pathlib import Path

from django.conf import settings


def root() -> Path:
    """The warehouse's folder."""
    return Path(settings.DATA) / "warehouse"


def made(load_id: int) -> Path:
    """A new folder for a load's files. What lies there is of a database that was restored to before it: it goes."""
    folder = folder_of(load_id)
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    return folder


def folder_of(load_id: int) -> Path:
    """The folder of one load."""
    return root() / str(load_id)


def current() -> Path | None:
    """The folder of the load that readers use; None before the first."""
    try:
        name = (root() / "current").read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None
    folder = root() / name
    return folder if folder.is_dir() else None


FORGET = "forget"  # a mark: the next load leaves none of those before it


def forget() -> None:
    """Somebody was erased: loads that nobody reads go now, the one in use as soon as there is another."""
    if not root().is_dir():
        return
    (root() / FORGET).touch()
    used = current()
    for folder in root().iterdir():
        if folder.is_dir() and used is not None and folder.name.isdigit() and int(folder.name) < int(used.name):
            shutil.rmtree(folder, ignore_errors=True)


def switch(load_id: int, *, fresh: datetime | None = None) -> None:
    """Let readers use this load from now on, in one step; loads older than the one before it go.

    So does that one where somebody was erased before `fresh`, the moment that this load tells of.
    """
    mark = root() / FORGET
    without = fresh is not None and mark.exists() and mark.stat().st_mtime < fresh.timestamp()
    before = None if without else current()
    pointer = root() / "current.new"
    pointer.write_text(str(load_id), encoding="ascii")
    os.replace(pointer, root() / "current")
    keep = {str(load_id), before.name if before else ""}
    for folder in root().iterdir():
        if folder.is_dir() and folder.name not in keep:
            shutil.rmtree(folder, ignore_errors=True)
    if without:
        mark.unlink(missing_ok=True)
