"""What several screens and programs say in the same words."""

from __future__ import annotations

from django.utils.translation import gettext


def reason_words(code: str) -> str:
    """Why a mail was not kept, in words; a fault of ours is shown by its name."""
    known = {
        "old": gettext("Older than 30 days when this folder was read first"),
        "ours": gettext("Sent from an address of ours"),
        "too-large": gettext("Too large"),
        "empty": gettext("Nothing in it"),
    }
    return known.get(code, code)
