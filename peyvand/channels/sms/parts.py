"""What a text is charged as: GSM 03.38 in seven bits, else UCS-2; one message, or parts with a header each."""

from __future__ import annotations

from dataclasses import dataclass

GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
TWICE = frozenset("^{}\\[~]|€\f")  # of the extension table: two places each
SINGLE_GSM, EACH_GSM = 160, 153
SINGLE_UCS, EACH_UCS = 70, 67


@dataclass(frozen=True)
class Counted:
    """How a text is charged: its places, its parts, and how many places are left in the last of them."""

    places: int
    parts: int
    left: int
    unicode: bool


def counted(text: str) -> Counted:
    """Places and parts of a text; an emoji takes two places of UCS-2, and nothing is cut in the middle of it."""
    plain = all(letter in GSM or letter in TWICE for letter in text)
    widths = (
        [2 if letter in TWICE else 1 for letter in text]
        if plain
        else [len(one.encode("utf-16-be")) // 2 for one in text]
    )
    places = sum(widths)
    single, each = (SINGLE_GSM, EACH_GSM) if plain else (SINGLE_UCS, EACH_UCS)
    if places <= single:
        return Counted(places, 1 if places else 0, single - places, not plain)
    parts, used = 1, 0
    for width in widths:
        if used + width > each:
            parts, used = parts + 1, 0
        used += width
    return Counted(places, parts, each - used, not plain)


def parts_of(text: str) -> int:
    """In how many parts a text goes; an empty one in one."""
    return max(1, counted(text).parts)
