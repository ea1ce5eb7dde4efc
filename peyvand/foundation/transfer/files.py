"""Where files of imports and exports lie: in the data folder under names of ours, or where the console named one."""

from __future__ import annotations

import secrets
import shutil
import time
from functools import partial
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from peyvand.foundation.transfer.models import Import
from peyvand.foundation.transfer.reading import Opener, ReadError, opener_of

LARGEST_FILE = 2 * 1024**3  # bytes


def imports_folder() -> Path:
    """Where files that were given on a page lie."""
    return Path(settings.MEDIA_ROOT) / "imports"


def exports_folder() -> Path:
    """Where files that were made in the background wait to be fetched."""
    return Path(settings.MEDIA_ROOT) / "exports"


def keep(stream: IO[bytes]) -> Path:
    """Keep an uploaded file, readable by this installation only; its name is ours, so nobody's name becomes a path."""
    folder = imports_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{secrets.token_hex(16)}.csv"
    with path.open("xb") as kept:
        shutil.copyfileobj(stream, kept, 1024 * 1024)
        size = kept.tell()
    if size > LARGEST_FILE:
        path.unlink()
        raise ReadError(_("The file is larger than 2 GB; give it in parts."))
    return path


def drop(path: Path) -> None:
    """Forget a kept file that was no table."""
    path.unlink(missing_ok=True)


def is_ours(one: Import) -> bool:
    """Whether the import's file lies in our folder, and is ours to remove."""
    return Path(one.path).parent == imports_folder()


def is_there(one: Import) -> bool:
    """Whether the import's file can still be read."""
    return Path(one.path).is_file()


def drop_of(one: Import) -> bool:
    """Remove an import's file, if it is ours and there; one that the console named is its owner's."""
    path = Path(one.path)
    if not is_ours(one) or not path.is_file():
        return False
    path.unlink(missing_ok=True)
    return True


def export_place() -> Path:
    """A place for a file that is being made; its name can't be guessed."""
    folder = exports_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / secrets.token_hex(16)


def exports_drop() -> int:
    """Remove every file that waits to be fetched, once the transaction is committed: they hold lists of people."""
    waiting = [path for path in exports_folder().glob("*") if path.is_file()]
    for path in waiting:
        transaction.on_commit(partial(path.unlink, missing_ok=True))
    return len(waiting)


def orphans(*, older: float) -> list[Path]:
    """Files in our folders that are older than so many seconds, by the clock of the disk."""
    now = time.time()
    return [
        path
        for folder in (imports_folder(), exports_folder())
        for path in folder.glob("*")
        if path.is_file() and now - path.stat().st_mtime > older
    ]


def opener_for(one: Import) -> Opener:
    """How to open an import's file again; ReadError when it is no more."""
    path = Path(one.path)
    if not path.is_file():
        raise ReadError(_("The file of this import has been removed."))
    return opener_of(path)
