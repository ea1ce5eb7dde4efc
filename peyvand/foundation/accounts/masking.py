"""Log lines without secrets: links that only who has them opens, tokens of programs, keys of webhooks."""

from __future__ import annotations

import logging
import re

HIDDEN = "***"
_LINKS = re.compile(r"(/(?:invitation|new-password|p|u|yes|hooks/[\w-]+)/)[^/\s\"'<>]+")
_TOKENS = re.compile(r"\b(pv_|whsec_)[A-Za-z0-9_+/=-]{8,}")


def masked(line: str) -> str:
    """The line with secrets made unreadable; the part that tells of which kind they are stays."""
    return _TOKENS.sub(rf"\1{HIDDEN}", _LINKS.sub(rf"\1{HIDDEN}", line))


class MaskingFormatter(logging.Formatter):
    """Formats a record, traceback included, and masks what must not be read in it."""

    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))
