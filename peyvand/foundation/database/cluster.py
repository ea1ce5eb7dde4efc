"""PostgreSQL for one data folder: the server that DATABASE_URL names, else a cluster of our own.

Our own cluster listens on a unix socket in a private folder only, as the one account that owns it. It is started
detached and survives the process that asked for it; `stop` ends it. Whether it runs is told by its pid file together
with the start time of that process, so that neither a stale file after kill -9 nor a pid used again by another program
deceives.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from peyvand.foundation.database import binaries
from peyvand.foundation.database.account import Account, unprivileged
from peyvand.foundation.database.errors import DatabaseUnavailableError, FolderError, StartError, WrongPasswordError

NAME, USER = "peyvand", "peyvand"
SOCKET_PATH = 90  # characters that a socket's path may have, with room for its own name
PATIENCE = 60.0  # seconds for a start, crash recovery included
SETTINGS = {
    "listen_addresses": "", "max_connections": "60", "shared_buffers": "128MB", "work_mem": "8MB",
    "maintenance_work_mem": "128MB", "effective_cache_size": "1GB", "random_page_cost": "1.1",
    "max_wal_size": "2GB", "log_statement": "none", "log_min_duration_statement": "-1", "timezone": "UTC",
    "password_encryption": "scram-sha-256", "jit": "off", "autovacuum_naptime": "20s",
}  # fmt: skip
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
FLEETING = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Server:
    """A PostgreSQL that answers. `url` is for libpq and Django; the rest tells where it comes from."""

    url: str
    embedded: bool
    version: int
    bin_folder: Path | None = None
    pid: int | None = None


@dataclass(frozen=True)
class Place:
    """Where our cluster lies: its data, its sockets, the account it runs as."""

    data: Path
    sockets: Path
    account: Account | None

    @property
    def url(self) -> str:
        """The address of our database in it."""
        return f"postgresql://{USER}@/{NAME}?host={quote(str(self.sockets), safe='/')}"


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
        recorded = _recorded_version(place.data)
        folder = _reachable_binaries(binaries.find(recorded), place)
        if recorded is None:
            tell(_("Making a new PostgreSQL cluster …"))
            _initialise(place=place, folder=folder)
        pid = running_pid(place.data)
        if pid is None:
            tell(_("Starting PostgreSQL …"))
            pid = _start(place=place, folder=folder, durable=durable)
        _prepare(place)
    version = _recorded_version(place.data)
    return Server(url=place.url, embedded=True, version=version or 0, bin_folder=folder, pid=pid)


def stop(data_folder: Path) -> bool:
    """Stop our own cluster of this folder, letting running statements go; False when it was not running."""
    place = place_of(data_folder)
    pid = running_pid(place.data)
    if pid is None:
        return False
    os.kill(pid, signal.SIGINT)
    _wait_gone(pid, seconds=30)
    return True


def remove(data_folder: Path) -> None:
    """Stop our own cluster of this folder and delete it with all it holds."""
    stop(data_folder)
    place = place_of(data_folder)
    for folder in (place.data, place.sockets):
        shutil.rmtree(folder, ignore_errors=True)
    (data_folder / "postgres.place").unlink(missing_ok=True)


def is_alive(server: Server) -> bool:
    """Whether the server answers a new connection."""
    try:
        with psycopg.connect(server.url, connect_timeout=5) as connection:
            connection.execute("SELECT 1")
    except psycopg.Error:
        return False
    return True


def place_of(data_folder: Path) -> Place:
    """Where this data folder's cluster lies; as root, where the account that runs it can reach."""
    account = unprivileged()
    data = data_folder / "postgres"
    pointer = data_folder / "postgres.place"
    with contextlib.suppress(FileNotFoundError):
        data = Path(pointer.read_text(encoding="utf-8").strip())
    if account is not None and not account.reaches(data):
        data = Path("/var/lib/peyvand") / _digest(data_folder)
        pointer.write_text(f"{data}\n", encoding="utf-8")
    return Place(data=data, sockets=_socket_folder(data, account), account=account)


def _digest(folder: Path) -> str:
    return hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]


def _socket_folder(data: Path, account: Account | None) -> Path:
    """Beside the data, or in a short private place when the path would be too long for a socket."""
    beside = data.parent / f"{data.name}.sockets"
    if len(os.fsencode(beside)) <= SOCKET_PATH:
        return beside
    who = account.uid if account else os.geteuid()
    return Path(tempfile.gettempdir()) / f"peyvand-{who}-{_digest(data)}"


def _recorded_version(data: Path) -> int | None:
    try:
        return int((data / "PG_VERSION").read_text(encoding="ascii").split(".")[0])
    except FileNotFoundError:
        return None
    except ValueError:
        raise FolderError(
            _("The folder %(folder)s holds something other than a PostgreSQL cluster."), folder=data
        ) from None


def running_pid(data: Path) -> int | None:
    """The pid of the server on this folder; None when the pid file is stale, or another program has its pid."""
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
        pid, started = int(lines[0]), float(lines[2])
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE or "postgres" not in process.name():
            return None
        return pid if abs(process.create_time() - started) < 120 or _cwd(process) == data.resolve() else None
    except (FileNotFoundError, IndexError, ValueError, psutil.Error):
        return None


def _cwd(process: psutil.Process) -> Path | None:
    with contextlib.suppress(psutil.Error, OSError):
        return Path(process.cwd()).resolve()
    return None


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


def _reachable_binaries(folder: Path, place: Place) -> Path:
    """The programs where the account can run them: a copy beside the cluster when their own folder is closed to it."""
    if place.account is None or place.account.reaches(folder):
        return folder
    target = place.data.parent / f"{place.data.name}.programs-{binaries.version_of(folder)}"
    if not (target / "bin" / "postgres").exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(folder.parent, target, dirs_exist_ok=True)
    return target / "bin"


def _run(command: list[str | Path], *, place: Place) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "HOME": str(place.data)}
    return subprocess.run(
        command, capture_output=True, text=True, errors="replace", check=False, env=environment,
        cwd="/", timeout=180, preexec_fn=place.account.become() if place.account else None,
    )  # fmt: skip


def _private(folder: Path, account: Account | None) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if account is not None:
            os.chown(folder, account.uid, account.gid)
        folder.chmod(0o700 if account is None else 0o711)
    except OSError as problem:
        text = _("The folder %(folder)s can't be made: %(reason)s.")
        raise FolderError(text, folder=folder, reason=problem.strerror) from None


def _initialise(*, place: Place, folder: Path) -> None:
    """Make the cluster: UTF-8, locale C.UTF-8 (trigrams of Persian need it), one account, its socket only."""
    if place.data.exists() and any(place.data.iterdir()):
        text = _(
            "The folder %(folder)s is neither empty nor a PostgreSQL cluster. "
            "Move it away, or choose another data folder."
        )
        raise FolderError(text, folder=place.data)
    _private(place.data, place.account)
    place.data.chmod(0o700)
    done = _run(
        [folder / "initdb", "--pgdata", place.data, "--username", USER, "--encoding", "UTF8", "--locale", "C.UTF-8",
         "--auth-local", "trust", "--auth-host", "reject", "--no-instructions", "--no-sync"],
        place=place,
    )  # fmt: skip
    if done.returncode:
        with contextlib.suppress(OSError):
            shutil.rmtree(place.data)
        raise StartError(_("PostgreSQL could not make its cluster: %(reason)s"), reason=_last(done.stderr))


def _last(text: str) -> str | Promise:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else _("it said nothing")


def _start(*, place: Place, folder: Path, durable: bool) -> int:
    """Start the server in a session of its own and wait until it takes connections."""
    _private(place.sockets, place.account)
    if place.account is not None:
        place.sockets.chmod(0o700)
    for stale in place.sockets.glob(".s.PGSQL.*"):
        stale.unlink(missing_ok=True)
    (place.data / "postmaster.pid").unlink(missing_ok=True)
    log = place.data / "server.log"
    chosen = {**SETTINGS, **(DURABLE if durable else FLEETING), "unix_socket_directories": str(place.sockets)}
    options = [word for name, value in chosen.items() for word in ("-c", f"{name}={value}")]
    with log.open("ab") as output:
        if place.account is not None:
            os.chown(log, place.account.uid, place.account.gid)
        server = subprocess.Popen(
            [folder / "postgres", "-D", place.data, *options], stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            cwd="/", start_new_session=True, env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
            preexec_fn=place.account.become() if place.account else None,
        )  # fmt: skip
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        with contextlib.suppress(psycopg.Error), _connect(place, "postgres"):
            return server.pid
        time.sleep(0.05)
    text = _("PostgreSQL did not start: %(reason)s. The whole log is in %(log)s.")
    raise StartError(text, reason=_last(_tail(log)), log=log)


def _tail(log: Path) -> str:
    return log.read_bytes()[-4000:].decode(errors="replace")


def _wait_gone(pid: int, *, seconds: float) -> None:
    """Until the process has ended; our own child is reaped so that it doesn't stay as a zombie."""
    with contextlib.suppress(psutil.Error):
        psutil.Process(pid).wait(timeout=seconds)


def _connect(place: Place, database: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(host=str(place.sockets), dbname=database, user=USER, autocommit=True, connect_timeout=5)


def _prepare(place: Place) -> None:
    """Our database exists."""
    with _connect(place, "postgres") as connection:
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
