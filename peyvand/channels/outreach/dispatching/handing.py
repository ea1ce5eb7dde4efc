"""What has been handed over to a provider and what it answered, noted beside the ledger while a load is under way.

A worker that is killed leaves its whole load as attempted, though most of it was not spoken of yet. What the note of
its lease does not name has certainly not been handed over, so it may be sent; what it names without an answer is
unknown, and only that. The note is a file of this machine. It outlives the process, as the kernel keeps what was
written, but not the machine: another boot, a note that is missing or cut short, or one that a living worker still holds
(by a lock of its file) says nothing.
"""

from __future__ import annotations

import fcntl
import json
import os
import threading
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from peyvand.channels.outreach.declarations import Outcome

KEPT = 86_400.0  # seconds for which a dead worker's note is kept
_mine = threading.local()


def _folder() -> Path:
    return Path(settings.DATA) / "handing"


def _path(lease: uuid.UUID) -> Path:
    return _folder() / lease.hex


@lru_cache(maxsize=1)
def _boot() -> bytes:
    """What names this run of the machine; empty where nothing does, and no notes are kept."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_bytes().strip()
    except OSError:
        return b""


@contextmanager
def noted(lease: uuid.UUID) -> Iterator[None]:
    """Keep a note of what this thread hands over under that lease. It goes at the end, and stays where that is not
    reached: by a kill, or by an error that leaves messages unsettled.
    """
    held = _opened(lease)
    _mine.held = held
    try:
        yield
        if held is not None:
            _path(lease).unlink(missing_ok=True)
    finally:
        _mine.held = None
        if held is not None:
            os.close(held)


def _opened(lease: uuid.UUID) -> int | None:
    if not _boot():
        return None
    path = _path(lease)
    made = -1
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        fcntl.flock(made, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _written(made, _boot() + b"\n")
    except OSError:  # a full disk, a folder of somebody else's: without a note, all is unknown
        if made >= 0:
            os.close(made)
        path.unlink(missing_ok=True)
        return None
    return made


def _written(held: int, line: bytes) -> None:
    if os.write(held, line) != len(line):
        raise OSError("cut short")


def note(ids: Iterable[int]) -> None:
    """These are handed over from now on. Called before the first of what a provider could take for the message."""
    _say(b"".join(b"%d\n" % one for one in ids))


def answered(outcomes: Iterable[Outcome]) -> None:
    """This was said of them; noted before it is settled, without the provider's words, which may name somebody."""
    _say(b"".join(json.dumps({**asdict(one), "text": ""}).encode() + b"\n" for one in outcomes))


def _say(lines: bytes) -> None:
    held: int | None = getattr(_mine, "held", None)
    if held is None:
        return
    try:
        _written(held, lines)
    except OSError:  # a note that lacks somebody must not be believed
        os.ftruncate(held, 0)


def handed(lease: uuid.UUID) -> Mapping[int, Outcome | None] | None:
    """What was handed over under that lease by a worker that is dead, with the answer where one came; None where
    nobody can say.
    """
    with suppress(OSError, ValueError, TypeError), _path(lease).open("rb") as found:
        fcntl.flock(found, fcntl.LOCK_EX | fcntl.LOCK_NB)  # BlockingIOError while its worker lives
        head, *lines = found.read().split(b"\n")
        if head == _boot() and head and lines and lines[-1] == b"":
            return dict(map(_read, lines[:-1]))
    return None


def _read(line: bytes) -> tuple[int, Outcome | None]:
    if not line.startswith(b"{"):
        return int(line), None
    said = Outcome(**json.loads(line))
    return said.id, said


def clean() -> int:
    """Remove the notes that nobody needs any more; gives how many."""
    removed, now = 0, time.time()
    if not _folder().is_dir():
        return 0
    for path in _folder().iterdir():
        with suppress(OSError):
            if now - path.stat().st_mtime > KEPT:
                path.unlink()
                removed += 1
    return removed
