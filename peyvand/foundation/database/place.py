"""Where the data folder is. Standard library only: it is asked before anything else is there."""

from __future__ import annotations

import os
from pathlib import Path


def data_folder() -> Path:
    """The data folder: PEYVAND_DATA, else ~/.peyvand. It is not created here."""
    return Path(os.environ.get("PEYVAND_DATA") or Path.home() / ".peyvand").expanduser().absolute()
