"""The server process of a cluster of our own: made, started, told apart from other programs, awaited."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import subprocess
import time
from pathlib import Path
from typing import Any

import psutil
import psycopg
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.database.account import Account
from peyvand.foundation.database.errors import FolderError, StartError
from peyvand.foundation.database.layout import (
    OTHERS,
    POINTER,
    USER,
    Place,
    private,
    reachable_binaries,
    require_usable,
)

MAKING = "postgres.making"  # in the data folder while its cluster is being made
PATIENCE = 60.0  # seconds for a start, crash recovery included
LOCALES = ("C.UTF-8", "en_US.UTF-8")  # macOS has only the second
LOG_SIZE = 10 * 2**20  # bytes after which a start begins a new log
SETTINGS = {
    "listen_addresses": "", "max_connections": "60", "shared_buffers": "128MB", "work_mem": "8MB",
    "maintenance_work_mem": "128MB", "effective_cache_size": "1GB", "random_page_cost": "1.1",
    "max_wal_size": "2GB", "log_statement": "none", "log_min_duration_statement": "-1", "timezone": "UTC",
    "password_encryption": "scram-sha-256", "jit": "off", "autovacuum_naptime": "20s",
}  # fmt: skip
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
FLEETING = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def running_pid(data: Path) -> int | None:
    """The pid of the server on this folder; None when the pid file is stale, or another program has its pid."""
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
        pid, started = int(lines[0]), float(lines[2])
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE or "postgres" not in process.name():
            return None
        where = _cwd(process)
        if where is not None:
            return pid if where == data.resolve() else None
        return pid if abs(process.create_time() - started) < 120 else None
    except (OSError, IndexError, ValueError, psutil.Error):
        return None


def _cwd(process: psutil.Process) -> Path | None:
    with contextlib.suppress(psutil.Error, OSError):
        return Path(process.cwd()).resolve()
    return None


def recorded_version(data: Path) -> int | None:
    try:
        return int((data / "PG_VERSION").read_text(encoding="ascii").split(".")[0])
    except FileNotFoundError:
        return None
    except PermissionError:
        raise FolderError(OTHERS, folder=data) from None
    except ValueError:
        raise FolderError(
            _("The folder %(folder)s holds something other than a PostgreSQL cluster."), folder=data
        ) from None


def connect(place: Place, database: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(host=str(place.sockets), dbname=database, user=USER, autocommit=True, connect_timeout=5)


def last_line(text: str) -> str | Promise:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else _("it said nothing")


def forget_half_made(data_folder: Path, place: Place) -> None:
    """What a making that was killed has left is no cluster, though it may look like one."""
    if (data_folder / MAKING).exists():
        for path in place.data.glob("*"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        (data_folder / MAKING).unlink()


def make(*, data_folder: Path, place: Place, folder: Path, durable: bool) -> None:
    """Make the cluster: UTF-8, locale C.UTF-8 (trigrams of Persian need it), one account, its socket only."""
    if place.data.exists() and any(place.data.iterdir()):
        text = _(
            "The folder %(folder)s is neither empty nor a PostgreSQL cluster. "
            "Move it away, or choose another data folder."
        )
        raise FolderError(text, folder=place.data)
    (data_folder / MAKING).touch()
    try:
        private(place.data, place.account)
        if place.data.parent != data_folder:
            (data_folder / POINTER).write_text(f"{place.data}\n", encoding="utf-8")
        require_usable(place)
        initdb = reachable_binaries(folder, place) / "initdb"
        said = ""
        for locale in LOCALES:
            done = _initdb(initdb, place=place, locale=locale, durable=durable)
            if done.returncode == 0:
                return
            said = said or done.stderr
        raise StartError(_("PostgreSQL could not make its cluster: %(reason)s"), reason=last_line(said))
    finally:
        if not (place.data / "global" / "pg_control").exists():
            shutil.rmtree(place.data, ignore_errors=True)
        (data_folder / MAKING).unlink()


def _initdb(program: Path, *, place: Place, locale: str, durable: bool) -> subprocess.CompletedProcess[str]:
    command: list[str | Path] = [
        program, "--pgdata", place.data, "--username", USER, "--encoding", "UTF8", "--locale", locale,
        "--auth-local", "trust", "--auth-host", "reject", "--no-instructions", *([] if durable else ["--no-sync"]),
    ]  # fmt: skip
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": locale, "HOME": str(place.data)}
    try:
        return subprocess.run(
            command, capture_output=True, text=True, errors="replace", check=False, env=environment,
            cwd="/", timeout=180, **as_account(place.account),
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError) as problem:
        return subprocess.CompletedProcess(command, 1, "", str(problem))


def start(*, place: Place, folder: Path, durable: bool) -> int:
    """Start the server in a session of its own and wait until it takes connections."""
    private(place.sockets, place.account)
    for stale in place.sockets.glob(".s.PGSQL.*"):
        stale.unlink(missing_ok=True)
    log = place.data / "server.log"
    chosen = {**SETTINGS, **(DURABLE if durable else FLEETING), "unix_socket_directories": str(place.sockets)}
    options = [word for name, value in chosen.items() for word in ("-c", f"{name}={value}")]
    command: list[str | Path] = [folder / "postgres", "-D", place.data, *options]
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        _forget_stale_pid(place.data)
        server = _spawn(command, log=log, account=place.account)
        while server.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(psycopg.Error), connect(place, "postgres"):
                return server.pid
            time.sleep(0.05)
        if "pre-existing shared memory" not in _tail(log):  # of a killed server's children, who are just leaving
            break
        time.sleep(0.5)
    text = _("PostgreSQL did not start: %(reason)s. The whole log is in %(log)s.")
    raise StartError(text, reason=last_line(_tail(log)), log=log)


def _forget_stale_pid(data: Path) -> None:
    """PostgreSQL judges a pid file itself, but for an empty one, or a pid that is another program's or a zombie's.

    Only called when `running_pid` has found no server.
    """
    stale = data / "postmaster.pid"
    try:
        pid = int(stale.read_text(encoding="utf-8", errors="replace").splitlines()[0])
    except FileNotFoundError:
        return
    except (IndexError, ValueError):
        pid = None
    if pid is None or psutil.pid_exists(pid):
        stale.unlink(missing_ok=True)


def _spawn(command: list[str | Path], *, log: Path, account: Account | None) -> subprocess.Popen[bytes]:
    """The server, writing to its log. The account owns the log's folder, so a link in it is never followed."""
    with contextlib.suppress(FileNotFoundError):
        if log.lstat().st_size > LOG_SIZE:
            log.replace(log.with_suffix(".log.1"))
    try:
        handle = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "ab") as output:
            info = os.fstat(handle)
            if not stat.S_ISREG(info.st_mode) or info.st_nlink != 1:
                raise FolderError(OTHERS, folder=log)
            if account is not None:
                os.fchown(handle, account.uid, account.gid)
            return subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd="/", start_new_session=True,
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"}, **as_account(account),
            )  # fmt: skip
    except OSError as problem:
        text = _("PostgreSQL did not start: %(reason)s. The whole log is in %(log)s.")
        raise StartError(text, reason=problem.strerror, log=log) from None


def _tail(log: Path) -> str:
    return log.read_bytes()[-4000:].decode(errors="replace")


def as_account(account: Account | None) -> dict[str, Any]:
    """For subprocess: the account, and a mask that leaves what it makes to itself."""
    if account is None:
        return {"umask": 0o077}
    return {"user": account.uid, "group": account.gid, "extra_groups": [], "umask": 0o077}


def gone(pid: int, *, seconds: float) -> bool:
    """Wait until the process has ended; a zombie, whose parent hasn't looked yet, has ended too."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.05)
    return False
