"""The words of service: by which people begin, stop our messages and start them again, in Persian and English.

A number alone («11») stops nothing here: in a chat it may be the answer to a question.
"""

from __future__ import annotations

import re

from peyvand.foundation.text.digits import latin_digits
from peyvand.foundation.text.keys import fa_key

STOP = frozenset({"/stop", "stop", "unsubscribe", "لغو", "لغو عضویت", "لغو دریافت", "انصراف"})
START = frozenset({"/subscribe", "subscribe", "عضویت", "عضویت دوباره"})
_CODE = re.compile(r"[A-Za-z0-9]{8}")


def meant(text: str) -> str:
    """stop, start or "": only a message that is nothing but the word counts."""
    said = fa_key(text).strip(" .!،؛\"'«»")
    if said in STOP:
        return "stop"
    return "start" if said in START else ""


def code_in(text: str) -> str:
    """The one-time code that a message consists of, "" where it is none; a space or a dash in its middle is let by."""
    said = latin_digits(text).strip().replace(" ", "").replace("-", "")
    return said.upper() if _CODE.fullmatch(said) else ""
