"""Where a text begins to repeat what was said before, as the mail readers of the world write it; Persian ones too."""

from __future__ import annotations

import re

FARTHEST = 200_000
_SAYS = re.compile(
    r"^[ \t>]*("
    r"On\b[^\n]{4,200}(\n[^\n]{0,120})?\bwrote:"
    r"|(در|به) تاریخ[^\n]{4,200}(\n[^\n]{0,120})?(نوشت|نوشته است|نوشته‌اند|نوشتند)\s*:?"
    r"|[^\n]{2,200}(نوشته است|نوشت|نوشتند)\s*:"
    r"|[^\n]{2,200}<[^\s<>]+@[^\s<>]+>\s*(wrote|schrieb|écrit|a écrit|escribió)\s*:"
    r"|-{2,}\s*(Original Message|Forwarded message|پیام اصلی|پیام اولیه|پیام هدایت‌شده|پیام ارسال‌شده)\s*-{2,}"
    r"|_{10,}\s*\n\s*(From|از)\s*:"
    r"|(From|از)\s*:[^\n]{2,300}\n\s*(Sent|Date|To|تاریخ|ارسال شده|ارسال‌شده|به)\s*:[^\n]*"
    r")[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
_ARROWS = re.compile(r"(^[ \t]*>[^\n]*(\n|\Z))+", re.MULTILINE)
MARK = "\u2063QUOTED\u2063"  # stands in texts made of pages, where a quotation begins there


def quote_start(text: str) -> int | None:
    """The place from which everything is a repetition; None where there is no such place.

    A text that begins with a repetition and goes on with new words (answers below, or between the lines) has none:
    nothing new is ever folded away.
    """
    bounded = text[:FARTHEST]
    found = _SAYS.search(bounded)
    start = found.start() if found else None
    if start is not None and _new_below(bounded[found.end() :] if found else ""):
        start = None
    arrows = [one for one in _ARROWS.finditer(bounded) if not bounded[one.end() :].strip()]
    if arrows and (start is None or arrows[0].start() < start):
        start = arrows[0].start()
    if start is None or not bounded[:start].strip():
        return None
    return start


def _new_below(rest: str) -> bool:
    """Whether words follow after lines with arrows: somebody has answered below."""
    lines = [line.strip() for line in rest.splitlines() if line.strip()]
    first_arrow = next((n for n, line in enumerate(lines[:6]) if line.startswith(">")), None)
    if first_arrow is None:
        return False
    after = [line for line in lines[first_arrow:] if not line.startswith(">")]
    return bool(after)
