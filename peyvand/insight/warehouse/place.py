"""Where the files of the warehouse lie: <data folder>/warehouse/<load>/<fact>/<part>.parquet.

`current` names the load that readers use, with its token; `latest` is a link to its folder, for other tools. A load's
folder is whole in itself: parts that did not change are hard links to those of the load before. Who reads holds the
folder (`held`), so that no later load takes it away meanwhile.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

FORGET = "forget"  # a mark: somebody was erased, and no load from before that stays
MANIFEST = "manifest.json"


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
    named = _named()
    folder = root() / named[0] if named else None
    return folder if folder is not None and folder.is_dir() else None


def token() -> str:
    """The token of the load that readers use; empty before the first."""
    named = _named()
    return named[1] if len(named) > 1 else ""


def _named() -> list[str]:
    try:
        return (root() / "current").read_text(encoding="ascii").split()
    except FileNotFoundError:
        return []


def held() -> tuple[Path, int] | None:
    """The folder that readers use, and a descriptor that keeps it there until it is closed; None before the first."""
    while (folder := current()) is not None:
        with contextlib.suppress(FileNotFoundError):
            descriptor = os.open(folder, os.O_RDONLY)
            fcntl.flock(descriptor, fcntl.LOCK_SH)
            if folder.is_dir() and os.fstat(descriptor).st_ino == folder.stat().st_ino:
                return folder, descriptor
            os.close(descriptor)
    return None


def manifest_write(folder: Path, content: Mapping[str, Any]) -> None:
    """Say which files a load consists of; written to the disk before anybody is pointed to them."""
    with (folder / MANIFEST).open("w", encoding="utf-8") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())


def manifest_read(load_id: int) -> dict[str, Any] | None:
    """What `manifest_write` wrote, if it and every file it names are there."""
    folder = folder_of(load_id)
    try:
        content: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    for name, fact in content["facts"].items():
        for part in fact["parts"]:
            path = folder / name / part["file"]
            if not path.is_file() or path.stat().st_size != part["bytes"]:
                return None
    return content


def link(source: Path, target: Path) -> None:
    """Have the file also under that name, without a second copy where the disk can do so."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def forget() -> None:
    """Somebody was erased: loads that nobody reads go now, the one in use as soon as there is another."""
    if not root().is_dir():
        return
    (root() / FORGET).touch()
    used = current()
    for load_id, folder in _folders():
        if used is not None and load_id < int(used.name):
            _remove(folder)


def forgetting() -> bool:
    """Whether somebody was erased and files from before that may still be here."""
    return (root() / FORGET).exists()


def switch(load_id: int, token: str = "") -> None:
    """Let readers use this load from now on, in one step."""
    link_to, pointer = root() / "latest.new", root() / "current.new"
    link_to.unlink(missing_ok=True)
    link_to.symlink_to(str(load_id), target_is_directory=True)
    pointer.write_text(f"{load_id} {token}", encoding="ascii")
    os.replace(pointer, root() / "current")
    os.replace(link_to, root() / "latest")


def sweep(*, load_id: int, before: int | None, fresh: datetime) -> None:
    """Remove every folder but this load's and the one before it; that one too where somebody was erased before `fresh`,
    the moment that this load tells of. What is held stays for the next sweep.
    """
    mark = root() / FORGET
    without = mark.exists() and mark.stat().st_mtime < fresh.timestamp()
    keep = {load_id} if without or before is None else {load_id, before}
    gone = [_remove(folder) for number, folder in _folders() if number not in keep]
    if without and all(gone):
        mark.unlink(missing_ok=True)


def drop(load_id: int) -> None:
    """Remove what a load that failed has written, unless readers were switched to it already."""
    folder = folder_of(load_id)
    if folder != current():
        _remove(folder)


def _folders() -> Iterator[tuple[int, Path]]:
    for folder in list(root().iterdir()):
        if folder.name.isdigit() and folder.is_dir() and not folder.is_symlink():
            yield int(folder.name), folder


def _remove(folder: Path) -> bool:
    """Remove the folder unless somebody holds it; whether it is gone."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return not folder.exists()
