"""`python -m peyvand.doors.console.serve`, the supervisor that `peyvand serve` becomes: PostgreSQL, the web, the site
and the worker, kept alive together and ended together.

It is there as long as they are, so it holds no models and no rooms: what needs them is done by a child that ends.

Web and worker are children in process groups of their own. What dies is started again, later each time. When the
supervisor itself is killed the kernel ends the children, and a guard that hears it ends our own PostgreSQL.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from peyvand.doors.console import ground
from peyvand.foundation.database import cluster
from peyvand.foundation.database.errors import DatabaseUnavailableError
from peyvand.foundation.database.place import data_folder as chosen_folder

logger = logging.getLogger(__name__)

Say = Callable[["str | Promise"], None]

PORT_IN_USE, NOT_PREPARED, ALREADY_SERVED = 3, 8, 7  # exit codes; those of the database are in its errors
LOOK = 0.25  # seconds between two looks at the children
LOOK_DATABASE = 2.0
PATIENCE = 8.0  # seconds that children have to stop by themselves; with PostgreSQL's own stop it stays below ten
LONGEST_PAUSE = 20.0  # seconds before something that keeps dying is started again
STEADY = 30.0  # seconds of life after which a death counts as the first again
CONNECTIONS = "10"  # of the web's pool
SITE_CONNECTIONS = "4"  # of the public site's
CONNECTED, SITE_CONNECTED = 1024, 4096  # at once; most are open streams, of the site open chats (workspace.limits)
SPEAKING = ("peyvand.foundation.database", "peyvand.doors.console")  # whose words the supervisor says
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None  # before any fork
# Waits for the pipe from the supervisor to break, lets the children go first, then stops that PostgreSQL and no other.
_GUARD = 'cat >/dev/null; sleep 2; [ "$(head -n 1 "$2/postmaster.pid" 2>/dev/null)" = "$1" ] && kill -INT "$1"'


class _NotPreparedError(Exception):
    """Tables or static files could not be brought up to date."""

    def __init__(self, reason: str, exit_code: int) -> None:
        super().__init__(reason)
        self.exit_code = exit_code


@dataclass
class Child:
    """A process that has to be there."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    deaths: int = 0
    again_at: float = 0.0

    def start(self) -> None:
        """Start it in a group of its own, to be told when we die."""
        self.process = subprocess.Popen(
            self.command, env=dict(self.environment), stdin=subprocess.DEVNULL, start_new_session=True,
            preexec_fn=_die_with_parent if _libc else None,
        )  # fmt: skip
        self.started_at = time.monotonic()

    def look(self) -> None:
        """Start it again when it has died, after a pause that grows."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.again_at:
                self.start()
            return
        if self.process.poll() is None:
            return
        self.deaths = 1 if now - self.started_at > STEADY else self.deaths + 1
        pause = min(LONGEST_PAUSE, 0.25 * 2**self.deaths)
        logger.error("%s ended with %s; starting it again in %.1f s", self.name, self.process.returncode, pause)
        self.signal(signal.SIGKILL)  # what its group may have left
        self.process, self.again_at = None, now + pause

    def signal(self, sign: int, *, group: bool = True) -> None:
        """Send a signal to it, or to its whole group."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            if group:
                os.killpg(self.process.pid, sign)
            else:
                self.process.send_signal(sign)

    def gone(self) -> bool:
        """Whether it has ended."""
        return self.process is None or self.process.poll() is not None


def _die_with_parent() -> None:
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


@dataclass
class _Guard:
    """Ends our own PostgreSQL when the supervisor is killed."""

    data: Path
    pid: int | None = None
    process: subprocess.Popen[bytes] | None = field(default=None)

    def watch(self, pid: int | None) -> None:
        """Guard that server from now on."""
        if pid == self.pid and self.process is not None and self.process.poll() is None:
            return
        self.leave()
        self.pid = pid
        if pid is not None:
            self.process = subprocess.Popen(
                ["/bin/sh", "-c", _GUARD, "sh", str(pid), str(self.data)], stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip

    def leave(self) -> None:
        """Guard nothing any more."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        if self.process.stdin is not None:
            self.process.stdin.close()
        self.process = None


def serve(
    *, data_folder: Path, port: int, host: str = "127.0.0.1", workers: int = 1, say: Say, demo: bool = False
) -> int:
    """Serve until SIGTERM or SIGINT; gives the exit code. `say` hears a line before anything slow, then the address.

    With `demo` the sample business is loaded once the tables are there, before anybody is served.

    0 stopped in good order; 3 the port is taken; 7 this data folder is already served; 8 tables or static files could
    not be prepared; what DatabaseUnavailableError.exit_code says when there is no database; what `peyvand demo load`
    says when the sample could not be loaded.
    """
    stop = threading.Event()

    def asked(_sign: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {sign: signal.signal(sign, asked) for sign in (signal.SIGTERM, signal.SIGINT)}
    try:
        with _served(data_folder) as other:
            if other is not None:
                text = _("Peyvand is already being served from %(folder)s, by process %(pid)s.")
                say(text % {"folder": data_folder, "pid": other or "?"})
                return ALREADY_SERVED
            for wanted, variable in ((port, "PEYVAND_PORT"), (site_port(port), "PEYVAND_SITE_PORT")):
                if reason := _port_taken(host, wanted, variable):
                    say(reason)
                    return PORT_IN_USE
            return _supervise(
                data_folder=data_folder, port=port, host=host, workers=workers, say=say, stop=stop, demo=demo
            )
    except DatabaseUnavailableError as error:
        say(str(error))
        return int(error.exit_code)
    finally:
        for sign, handler in before.items():
            signal.signal(sign, handler)


def address(host: str, port: int) -> str:
    """Where a browser on this machine finds it."""
    shown = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104
    return f"http://{f'[{shown}]' if ':' in shown and not shown.startswith('[') else shown}:{port}"


@contextlib.contextmanager
def _served(data_folder: Path) -> Iterator[str | None]:
    """None while we hold the folder's lock; otherwise the pid of who does."""
    data_folder.mkdir(parents=True, exist_ok=True)
    with (data_folder / "serve.lock").open("a+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            yield lock.read().strip()
            return
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield None
        lock.truncate(0)


def site_port(port: int) -> int:
    """The port of the public site: the one that the environment names, else the one after the staff's."""
    return int(os.environ.get("PEYVAND_SITE_PORT") or port + 1)


def _port_taken(host: str, port: int, variable: str) -> str | None:
    """A sentence when nobody could listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host.strip("[]"), port))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            text = _("Port %(port)s is in use by another program. Choose another with %(variable)s.")
            return text % {"port": port, "variable": variable}
        text = _("Peyvand can't listen on %(host)s:%(port)s: %(reason)s.")
        return text % {"host": host, "port": port, "reason": error.strerror}
    return None


def _supervise(
    *, data_folder: Path, port: int, host: str, workers: int, say: Say, stop: threading.Event, demo: bool
) -> int:
    place = cluster.place_of(data_folder)
    if os.environ.get("DATABASE_URL") == place.url:
        del os.environ["DATABASE_URL"]  # our own cluster, which is ours to start again
    server = cluster.ensure(data_folder, say=say)
    guard = _Guard(place.data)
    environment = {
        **os.environ,
        "DATABASE_URL": server.url,
        "PEYVAND_DATA": str(data_folder),
        "PEYVAND_PARENT": str(os.getpid()),
        "PEYVAND_PORT": str(port),
        "PEYVAND_SITE_PORT": str(site_port(port)),
        "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "peyvand.config.settings"),
        "MALLOC_ARENA_MAX": os.environ.get("MALLOC_ARENA_MAX", "2"),  # threads otherwise keep an arena each
    }
    environment.pop("PEYVAND_POOL", None)
    children = _children(environment, data_folder=data_folder, port=port, host=host, workers=workers)
    try:
        guard.watch(server.pid if server.embedded else None)
        say(_("Preparing the tables …"))
        _prepare(environment, stop)
        if demo and not stop.is_set() and (refused := _sample(environment, stop)):
            return refused
        for child in children:
            if not stop.is_set():
                child.start()
        _say_when_up(children, host=host, port=port, say=say, stop=stop)
        _keep_alive(children, guard, data_folder=data_folder, embedded=server.embedded, stop=stop)
    except _NotPreparedError as error:
        if error.exit_code != NOT_PREPARED:  # already a sentence for people
            say(str(error))
            return error.exit_code
        say(_("The tables or the static files could not be prepared: %(reason)s") % {"reason": error})
        return NOT_PREPARED
    finally:
        _end(children)
        guard.leave()
        if server.embedded:
            cluster.stop(data_folder)
    return 0


def _children(
    environment: Mapping[str, str], *, data_folder: Path, port: int, host: str, workers: int
) -> tuple[Child, ...]:
    def granian(application: str, port: int, workers: int, backpressure: int, sockets: str) -> list[str]:
        return [
            sys.executable, "-m", "granian", "--interface", "asginl", "--host", host.strip("[]"), "--port", str(port),
            "--workers", str(workers), "--http", "1", sockets, "--backpressure", str(backpressure),
            "--workers-kill-timeout", "6",
            "--static-path-route", "/static", "--static-path-mount", str(data_folder / "static"),
            "--static-path-expires", "31536000", "--log-level", "warning", f"peyvand.config.{application}:application",
        ]  # fmt: skip

    pooled = {**environment, "PEYVAND_POOL": CONNECTIONS}
    site = {**pooled, "PEYVAND_POOL": SITE_CONNECTIONS}
    return (
        Child(name="web", command=granian("asgi", port, workers, CONNECTED, "--no-ws"), environment=pooled),
        Child(name="site", command=granian("asgi_site", site_port(port), 1, SITE_CONNECTED, "--ws"), environment=site),
        Child(name="worker", command=[sys.executable, "-m", "peyvand.foundation.jobs"], environment=environment),
    )


def _prepare(environment: Mapping[str, str], stop: threading.Event) -> None:
    """Tables and static files, in a process that takes its memory with it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "peyvand.doors.console.prepare"], env=dict(environment), stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE, preexec_fn=_die_with_parent if _libc else None,
    )  # fmt: skip
    err = _ended(process, stop, signal.SIGTERM)
    if process.returncode and not stop.is_set():
        lines = err.decode(errors="replace").strip().splitlines()
        known = process.returncode if 4 <= process.returncode <= 9 else NOT_PREPARED
        raise _NotPreparedError(lines[-1] if lines else f"exit {process.returncode}", known)


def _sample(environment: Mapping[str, str], stop: threading.Event) -> int:
    """The sample business, in a process that says for itself how to sign in; its exit code, 0 when told to stop.

    It is asked to give up as a person would ask, so that nothing of it stays; the next start loads it.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "peyvand", "demo", "load"], env=dict(environment), stdin=subprocess.DEVNULL,
        start_new_session=True, preexec_fn=_die_with_parent if _libc else None,
    )  # fmt: skip
    _ended(process, stop, signal.SIGINT)
    return 0 if stop.is_set() else process.returncode


def _ended(process: subprocess.Popen[bytes], stop: threading.Event, sign: int) -> bytes:
    """Wait for a child to end, asking it to when we are; what it wrote on a piped stderr."""
    asked = False
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.communicate(timeout=0.2)[1] or b""
        if stop.is_set() and not asked:
            process.send_signal(sign)
            asked = True


def _say_when_up(children: Sequence[Child], *, host: str, port: int, say: Say, stop: threading.Event) -> None:
    """The address, as soon as the web takes connections."""
    target = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}.get(host.strip("[]"), host.strip("[]"))  # noqa: S104
    while not stop.wait(0.1):
        with contextlib.suppress(OSError), socket.create_connection((target, port), timeout=1):
            say(_("Peyvand is at %(url)s") % {"url": address(host, port)})
            return
        for child in children:
            child.look()


def _keep_alive(
    children: Sequence[Child], guard: _Guard, *, data_folder: Path, embedded: bool, stop: threading.Event
) -> None:
    """Until asked to stop, whatever dies comes back."""
    next_look = 0.0
    while not stop.wait(LOOK):
        for child in children:
            child.look()
        if not embedded or time.monotonic() < next_look:
            continue
        next_look = time.monotonic() + LOOK_DATABASE
        pid = cluster.running_pid(guard.data)
        if pid is None:
            try:
                pid = cluster.ensure(data_folder).pid
                logger.error("PostgreSQL had ended and was started again")
            except DatabaseUnavailableError as error:
                logger.error("PostgreSQL cannot be started: %s", error)
                next_look += LONGEST_PAUSE / 2
        guard.watch(pid)


def _end(children: Sequence[Child]) -> None:
    """Ask all to stop; kill what doesn't."""
    for child in children:
        child.signal(signal.SIGTERM, group=False)
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and not all(child.gone() for child in children):
        time.sleep(0.05)
    for child in children:
        child.signal(signal.SIGKILL)
        if child.process is not None:
            child.process.wait()


def _write(line: str | Promise) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def main(arguments: Sequence[str]) -> int:
    """By the environment (PEYVAND_DATA, PEYVAND_PORT, PEYVAND_HOST, PEYVAND_WEB_PROCESSES), and `--demo`."""
    try:
        ground.set_up(rooms=SPEAKING)
    except DatabaseUnavailableError as error:
        _write(str(error))
        return int(error.exit_code)
    logging.disable(logging.NOTSET)
    return serve(
        data_folder=chosen_folder(),
        port=int(os.environ.get("PEYVAND_PORT") or 8000),
        host=os.environ.get("PEYVAND_HOST") or "127.0.0.1",
        workers=int(os.environ.get("PEYVAND_WEB_PROCESSES") or 1),
        say=_write,
        demo="--demo" in arguments,
    )


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
