"""Digits of three alphabets."""

from __future__ import annotations

PERSIAN = "۰۱۲۳۴۵۶۷۸۹"
ARABIC = "٠١٢٣٤٥٦٧٨٩"
FULL_WIDTH = "０１２３４５６７８９"

TO_LATIN = {ord(digit): str(value) for row in (PERSIAN, ARABIC, FULL_WIDTH) for value, digit in enumerate(row)}
TO_PERSIAN = {
    ord(digit): PERSIAN[value] for row in ("0123456789", ARABIC, FULL_WIDTH) for value, digit in enumerate(row)
}


def latin_digits(text: str) -> str:
    """The same text with Persian, Arabic and full-width digits as 0–9."""
    return text.translate(TO_LATIN)


def persian_digits(text: str) -> str:
    """The same text with every digit as ۰–۹; separators stay as they are (see money.formats for numbers)."""
    return text.translate(TO_PERSIAN)
