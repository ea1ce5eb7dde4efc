"""Direction in plain text (mail, SMS, CSV, canvas), where no <bdi> can be written."""

from __future__ import annotations

FIRST_STRONG_ISOLATE = "\u2068"
POP_ISOLATE = "\u2069"

# Embeddings, overrides and isolates: what could reach beyond the value it stands in.
CONTROLS = frozenset([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
# With the marks that only nudge: LRM, RLM, ALM.
MARKS = frozenset([0x061C, 0x200E, 0x200F, *CONTROLS])


def isolate(text: str) -> str:
    """The text between U+2068 and U+2069, so that its direction touches nothing around it; empty stays empty.

    Embeddings, overrides and isolates inside are dropped: a value can't close the bracket it stands in.
    """
    if not text:
        return ""
    return f"{FIRST_STRONG_ISOLATE}{text.translate(dict.fromkeys(CONTROLS))}{POP_ISOLATE}"
