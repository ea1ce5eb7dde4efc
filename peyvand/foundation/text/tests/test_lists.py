"""Commas and quotation marks are the language's."""

from __future__ import annotations

from django.utils.translation import override

from peyvand.foundation.text.lists import joined, quoted


def test_each_language_has_its_own_marks() -> None:
    with override("fa"):
        assert joined(["الف", "ب"]) == "الف، ب"
        assert quoted("الف") == "«الف»"
    with override("en"):
        assert joined(iter((1, 2, 3))) == "1, 2, 3"
        assert quoted("a") == "“a”"
        assert joined([]) == ""
