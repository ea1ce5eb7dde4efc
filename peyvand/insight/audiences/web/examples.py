"""Audiences to begin with, for those who have none: each can be opened, changed and kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.declarations import Label


@dataclass(frozen=True)
class Example:
    """A ready tree with what it is good for."""

    key: str
    name: Label
    help: Label
    icon: str
    tree: Mapping[str, Any]


EXAMPLES = (
    Example(
        "cooling", _("Regulars who are cooling off"),
        _("Bought at least three times in a year and are at risk now: worth a call before they are gone."),
        "trending-down",
        {"all": [
            {"did": "ordered", "of": [], "count": {"operator": "least", "n": 3}, "within": {"last": 365}, "not": False},
            {"field": "class", "operator": "any", "values": ["risk", "cantlose", "attention"]},
        ]},
    ),
    Example(
        "nowruz", _("Not back since Nowruz"),
        _("Bought in the last year but not since Nowruz: whom to remind of you."),
        "calendar-off",
        {"all": [
            {"did": "ordered", "of": [], "count": {"operator": "least", "n": 1}, "within": {"last": 365}, "not": False},
            {"did": "ordered", "of": [], "count": {"operator": "least", "n": 1}, "within": {"since": "nowruz"},
             "not": True},
        ]},
    ),
    Example(
        "newcomers", _("Newcomers with one purchase"),
        _("New, bought exactly once in ninety days: the second purchase makes a customer."),
        "sparkles",
        {"all": [
            {"field": "class", "operator": "any", "values": ["new", "promising"]},
            {"did": "ordered", "of": [], "count": {"operator": "is", "n": 1}, "within": {"last": 90}, "not": False},
        ]},
    ),
)  # fmt: skip
