"""Whether letters can be read on a colour (WCAG 2.2, 1.4.3: contrast of relative luminances)."""

from __future__ import annotations

import re

LEAST = 4.5
_COLOUR = re.compile(r"#[0-9a-f]{6}")


def is_colour(text: str) -> bool:
    """Whether it is a colour like #0b7570."""
    return _COLOUR.fullmatch(text) is not None


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black on white)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def carries_white(colour: str) -> bool:
    """Whether white letters can be read on it, and it can be read on white."""
    return contrast(colour, "#ffffff") >= LEAST
