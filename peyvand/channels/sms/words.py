"""The words by which people stop our messages and start them again, in Persian and English.

Replying 11 to a service line in Iran cancels that line's notices, 12 joins again (the regulator's rule of 1401-06-24).
"""

from __future__ import annotations

from peyvand.foundation.text.keys import fa_key

STOP = frozenset(
    {
        "11",
        "لغو",
        "لغو11",
        "لغو 11",
        "انصراف",
        "قطع",
        "stop",
        "stopall",
        "unsubscribe",
        "cancel",
        "end",
        "quit",
        "لغو عضویت",
    }
)
START = frozenset({"12", "start", "unstop", "yes", "عضویت", "عضویت 12", "عضویت12"})
CLOSINGS = {"fa": "لغو۱۱", "en": "Reply STOP to end"}


def meant(text: str) -> str:
    """stop, start or "": only a message that is nothing but the word counts."""
    said = fa_key(text).strip(" .!،؛\"'«»")
    if said in STOP:
        return "stop"
    return "start" if said in START else ""
