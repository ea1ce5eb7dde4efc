"""Where the files of the warehouse lie: <data folder>/warehouse/<load>/<fact>.parquet; `current` names the load."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from django.conf import settings


def root() -> Path:
    """The warehouse's folder."""
    return Path(settings.DATA) / "warehouse"


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


def switch(load_id: int) -> None:
    """Let readers use this load from now on, in one step; loads older than the one before it go."""
    before = current()
    pointer = root() / "current.new"
    pointer.write_text(str(load_id), encoding="ascii")
    os.replace(pointer, root() / "current")
    keep = {str(load_id), before.name if before else ""}
    for folder in root().iterdir():
        if folder.is_dir() and folder.name not in keep:
            shutil.rmtree(folder, ignore_errors=True)
