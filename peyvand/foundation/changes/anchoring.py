"""Heads of the chain kept in files: a line of JSON each, to be carried to another machine.

The file that the schedule writes lies in the data folder, beside what it is to prove: it shows that somebody cut the
trail who did not think of the file, or a fault of ours; of somebody who owns the machine it proves nothing. A copy
elsewhere does.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from peyvand.foundation.changes import sealing
from peyvand.foundation.changes.sealing import Anchor

LARGEST = 64 * 2**20  # bytes of a file of anchors


class AnchorError(ValueError):
    """A file of anchors can't be read or written; `str()` says why."""


def own_file() -> Path:
    """The file that the schedule writes."""
    return Path(settings.DATA) / "audit-anchors.jsonl"


def anchor_keep(path: Path) -> Anchor | None:
    """Add the newest head to the file, unless it is its last line already; None while nothing is sealed."""
    head = sealing.anchor()
    if head is None:
        return None
    known = anchors_in(path) if path.exists() else ()
    if not known or known[-1] != head:
        line = {"seal_id": head.seal_id, "last_id": head.last_id, "head": head.head}
        line |= {"at": datetime.now(UTC).isoformat(timespec="seconds")}
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(json.dumps(line) + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as problem:
            text = _("{path} can't be written: {reason}.")
            raise AnchorError(text.format(path=path, reason=problem.strerror)) from problem
    return head


def anchors_in(path: Path) -> tuple[Anchor, ...]:
    """The anchors of a file, as the schedule, the command or the audit page writes them. AnchorError if it has none."""
    try:
        if path.stat().st_size > LARGEST:
            raise AnchorError(_("{path} is too large to hold anchors.").format(path=path))
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise AnchorError(_("{path} can't be read.").format(path=path)) from problem
    found = [_anchor(line, path) for line in text.splitlines() if line.strip()]
    if not found:
        raise AnchorError(_("{path} holds no anchor.").format(path=path))
    return tuple(found)


def _anchor(line: str, path: Path) -> Anchor:
    try:
        read: Any = json.loads(line)
        return Anchor(int(read["seal_id"]), int(read["last_id"]), str(read["head"]))
    except (ValueError, TypeError, KeyError):
        raise AnchorError(_("{path} holds a line that is no anchor.").format(path=path)) from None


def anchor_now() -> None:
    """What the schedule calls."""
    anchor_keep(own_file())
