"""File names made harmless, and still the person's own."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 255  # bytes in UTF-8, what every file system takes
# Marks that turn the direction of text: a name could show itself with another ending. ZWNJ and ZWJ are letters' own.
_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SEPARATORS = re.compile(r"[/\\]")


def clean_name(name: str) -> str:
    """The last part of a path, without control characters, marks of direction and leading dots; at most 255 bytes.

    The ending survives cutting. What is empty then becomes "file".
    """
    base = _SEPARATORS.split(_TURNING.sub("", name))[-1]
    kept = "".join(letter for letter in base if unicodedata.category(letter) not in ("Cc", "Cs", "Zl", "Zp"))
    kept = re.sub(r'[<>:"|?*]', "_", unicodedata.normalize("NFC", kept)).strip().strip(".").strip()
    return _cut(kept) or "file"


def _cut(name: str) -> str:
    if len(name.encode()) <= LONGEST:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or not stem or len(ending.encode()) > 20:
        stem, dot, ending = name, "", ""
    room = LONGEST - len(f"{dot}{ending}".encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip() + dot + ending
