"""Several things in one line, as the active language puts them."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import get_language


def _persian() -> bool:
    return (get_language() or "fa").startswith("fa")


def joined(parts: Iterable[object]) -> str:
    """The parts with the language's comma between them: «الف، ب» in Persian, "a, b" elsewhere."""
    return ("، " if _persian() else ", ").join(str(part) for part in parts)


def quoted(text: object) -> str:
    """The text in the language's quotation marks: «» in Persian, “” elsewhere."""
    return f"«{text}»" if _persian() else f"“{text}”"
