"""PostgreSQL for one data folder: the server that DATABASE_URL names, else a cluster of our own.

Our own cluster listens on a unix socket in a private folder only, as the one account that owns it. It is started
detached and survives the process that asked for it; `stop` ends it. Whether it runs is told by its pid file together
with the folder that process works in, so that neither a stale file after kill -9 nor a pid used again by another
program deceives.

Where it lies is in `layout`, its process in `postmaster`.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from peyvand.foundation.database import binaries
from peyvand.foundation.database.errors import DatabaseUnavailableError, FolderError, StartError, WrongPasswordError
from peyvand.foundation.database.layout import NAME, POINTER, Place, reachable_binaries, require_usable
from peyvand.foundation.database.layout import place_of as place_of
from peyvand.foundation.database.postmaster import (
    DURABLE as DURABLE,
)
from peyvand.foundation.database.postmaster import (
    PATIENCE,
    connect,
    forget_half_made,
    gone,
    last_line,
    make,
    recorded_version,
    start,
)
from peyvand.foundation.database.postmaster import (
    running_pid as running_pid,
)


@dataclass(frozen=True)
class Server:
    """A PostgreSQL that answers. `url` is for libpq and Django; the rest tells where it comes from."""

    url: str
    embedded: bool
    version: int
    bin_folder: Path | None = None
    pid: int | None = None


def ensure(data_folder: Path, *, say: Callable[[str | Promise], None] | None = None, durable: bool = True) -> Server:
    """A PostgreSQL for this data folder, started and prepared if need be.

    `say` hears one line before anything slow. `durable=False` is for tests only: faster, and lost in a power cut.
    Raises DatabaseUnavailableError, whose text is for people.
    """
    given = os.environ.get("DATABASE_URL")
    if given:
        return _named(given)
    tell = say or (lambda _line: None)
    with _locked(data_folder):
        place = place_of(data_folder)
        forget_half_made(data_folder, place)
        recorded = recorded_version(place.data)
        found = binaries.find(recorded)
        if recorded is None:
            tell(_("Making a new PostgreSQL cluster …"))
            make(data_folder=data_folder, place=place, folder=found, durable=durable)
        require_usable(place)
        folder = reachable_binaries(found, place)
        pid = _running(place=place, folder=folder, durable=durable, tell=tell)
    version = recorded_version(place.data)
    return Server(url=place.url, embedded=True, version=version or 0, bin_folder=folder, pid=pid)


def _running(*, place: Place, folder: Path, durable: bool, tell: Callable[[str | Promise], None]) -> int:
    """The pid of the server, which takes connections: also of one that is just starting or just ending."""
    deadline = time.monotonic() + PATIENCE
    while True:
        pid = running_pid(place.data)
        if pid is None:
            tell(_("Starting PostgreSQL …"))
            pid = start(place=place, folder=folder, durable=durable)
        try:
            _prepare(place)
        except psycopg.OperationalError as problem:
            if time.monotonic() > deadline:
                text = _("PostgreSQL did not start: %(reason)s. The whole log is in %(log)s.")
                raise StartError(text, reason=last_line(str(problem)), log=place.data / "server.log") from None
            time.sleep(0.2)
        else:
            return pid


def stop(data_folder: Path) -> bool:
    """Stop our own cluster of this folder, letting running statements go; False when it was not running."""
    place = place_of(data_folder)
    pid = running_pid(place.data)
    if pid is None:
        return False
    for sign, patience in ((signal.SIGINT, 30.0), (signal.SIGQUIT, 10.0)):  # at once, without loss, when fast is slow
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, sign)
        if gone(pid, seconds=patience):
            return True
    raise StartError(_("PostgreSQL does not stop; its process is %(pid)s."), pid=pid)


def status(data_folder: Path) -> Server | None:
    """Our own cluster of this folder if it runs; nothing is started."""
    place = place_of(data_folder)
    pid = running_pid(place.data)
    if pid is None:
        return None
    return Server(url=place.url, embedded=True, version=recorded_version(place.data) or 0, pid=pid)


def remove(data_folder: Path) -> None:
    """Stop our own cluster of this folder and delete it with all it holds."""
    stop(data_folder)
    place = place_of(data_folder)
    for folder in (place.data, place.sockets, place.programs):
        shutil.rmtree(folder, ignore_errors=True)
    (data_folder / POINTER).unlink(missing_ok=True)


def is_alive(server: Server) -> bool:
    """Whether the server answers a new connection."""
    try:
        with psycopg.connect(server.url, connect_timeout=5) as connection:
            connection.execute("SELECT 1")
    except psycopg.Error:
        return False
    return True


@contextlib.contextmanager
def _locked(data_folder: Path) -> Iterator[None]:
    """One process at a time looks after the cluster of a data folder."""
    try:
        data_folder.mkdir(parents=True, exist_ok=True)
        lock = (data_folder / "postgres.lock").open("w")
    except OSError as problem:
        text = _("The data folder %(folder)s can't be written: %(reason)s. Choose another with PEYVAND_DATA.")
        raise FolderError(text, folder=data_folder, reason=problem.strerror) from None
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _prepare(place: Place) -> None:
    """Our database exists."""
    with connect(place, "postgres") as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone()
        if not found:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(NAME)))


def _named(url: str) -> Server:
    """The server of DATABASE_URL, checked: it answers, is 15–18, and keeps UTF-8."""
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            row = connection.execute(
                "SELECT current_setting('server_version_num')::int / 10000, current_setting('server_encoding')"
            ).fetchone()
    except psycopg.OperationalError as problem:
        reason = str(problem).strip().splitlines()[-1] if str(problem).strip() else ""
        if "password" in reason or "authentication" in reason:
            raise WrongPasswordError(_("The database refuses the name or the password in DATABASE_URL.")) from None
        raise DatabaseUnavailableError(
            _("The database of DATABASE_URL can't be reached: %(reason)s"), reason=reason
        ) from None
    except psycopg.ProgrammingError:
        raise DatabaseUnavailableError(
            _("DATABASE_URL is not an address like postgresql://name:password@host/database.")
        ) from None
    version, encoding = int(row[0]), str(row[1])  # type: ignore[index]
    if version not in binaries.VERSIONS:
        raise DatabaseUnavailableError(
            _("The server of DATABASE_URL is PostgreSQL %(version)s; Peyvand needs 15 to 18."), version=version
        )
    if encoding != "UTF8":
        raise DatabaseUnavailableError(
            _("The database of DATABASE_URL keeps text as %(encoding)s; it must be UTF8."), encoding=encoding
        )
    return Server(url=url, embedded=False, version=version)
