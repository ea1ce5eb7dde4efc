"""Where this installation keeps its things: the data folder, its secret key, its addresses."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from peyvand.foundation.database.place import data_folder as data_folder


def port() -> int:
    """The port of the staff's pages: PEYVAND_PORT, else 8000."""
    return int(os.environ.get("PEYVAND_PORT") or 8000)


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
