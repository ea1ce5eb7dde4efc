"""Where this installation keeps its things: the data folder, its secret key, its addresses."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from peyvand.foundation.database.place import data_folder as data_folder


def port() -> int:
    """The port of the staff's pages: PEYVAND_PORT, else 8000."""
    return int(os.environ.get("PEYVAND_PORT") or 8000)


def site_port() -> int:
    """The port of the public site: PEYVAND_SITE_PORT, else the one after the staff's."""
    return int(os.environ.get("PEYVAND_SITE_PORT") or port() + 1)


def site_url() -> str:
    """Where the outside world finds the public site: PEYVAND_SITE, else this machine. Without a slash at the end."""
    return (os.environ.get("PEYVAND_SITE") or f"http://127.0.0.1:{site_port()}").rstrip("/")


def secret_key(folder: Path) -> str:
    """The key that signs sessions and tokens, made once per data folder and readable by its owner only."""
    given = os.environ.get("PEYVAND_SECRET_KEY")
    if given:
        return given
    path = folder / "secret.key"
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        folder.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        key = secrets.token_urlsafe(50)
        file.write(key)
    return key
