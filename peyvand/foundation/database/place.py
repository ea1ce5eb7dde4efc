"""Where the data folder is. Standard library only: it is asked before anything else is there."""

from __future__ import annotations

import os
from pathlib import Path

BESIDE = Path(__file__).resolve().parents[3]  # the folder the package lies in: a clone's root, or site-packages
OF_A_CLONE = ("pyproject.toml", "Makefile")


def data_folder() -> Path:
    """The data folder: PEYVAND_DATA, else `var` of the clone we run from, as in `make run`, else ~/.peyvand.

    It is not created here.
    """
    return Path(os.environ.get("PEYVAND_DATA") or _usual()).expanduser().absolute()


def _usual() -> Path:
    if all((BESIDE / name).is_file() for name in OF_A_CLONE):
        return BESIDE / "var"
    return Path.home() / ".peyvand"
