"""Where an import's file lies: in the data folder under a name of ours, or where the console named it."""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path
from typing import IO

from django.conf import settings
from django.utils.translation import gettext as _

from peyvand.foundation.transfer.models import Import
from peyvand.foundation.transfer.reading import Opener, ReadError, opener_of

LARGEST_FILE = 2 * 1024**3  # bytes


def keep(stream: IO[bytes]) -> Path:
    """Keep an uploaded file, readable by this installation only; its name is ours, so nobody's name becomes a path."""
    folder = Path(settings.MEDIA_ROOT) / "imports"
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


def opener_for(one: Import) -> Opener:
    """How to open an import's file again; ReadError when it is no more."""
    path = Path(one.path)
    if not path.is_file():
        raise ReadError(_("The file of this import has been removed."))
    return opener_of(path)
