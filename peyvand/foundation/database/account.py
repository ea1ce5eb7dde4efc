"""PostgreSQL refuses to run as root: which account runs it then, and which places that account can reach.

No mode of a parent folder is ever changed; where the account can't reach the data folder, the cluster lies elsewhere.
"""

from __future__ import annotations

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Account:
    """An account by its numbers."""

    uid: int
    gid: int
    name: str

    def reaches(self, folder: Path) -> bool:
        """Whether the account may pass every existing parent and stay in the folder (or in its nearest parent)."""
        place = folder
        while not place.exists():
            place = place.parent
        return all(self._may_pass(parent) for parent in (place, *place.resolve().parents, *place.parents))

    def _may_pass(self, folder: Path) -> bool:
        info = folder.stat()
        if info.st_uid == self.uid:
            return bool(info.st_mode & stat.S_IXUSR)
        return bool(info.st_mode & (stat.S_IXGRP if info.st_gid == self.gid else stat.S_IXOTH))


def account_for(data: Path) -> Account | None:
    """Whom to run the cluster in `data` as: None when we aren't root; else who owns it; else "postgres", "nobody"."""
    if os.geteuid() != 0:
        return None
    if (data / "PG_VERSION").exists() and (owner := data.stat()).st_uid != 0:
        return Account(uid=owner.st_uid, gid=owner.st_gid, name=_name(owner.st_uid))
    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(uid=found.pw_uid, gid=found.pw_gid, name=name)
    return Account(uid=65534, gid=65534, name="nobody")


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
