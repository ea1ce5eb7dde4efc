"""What questions, their days and their cells are called."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext

from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui import formats
from peyvand.insight.reports.questions import Checked
from peyvand.insight.reports.spans import Span
from peyvand.insight.reports.web.building import GRAINS
from peyvand.insight.reports.web.figures import Words


def label_of(asked: Checked, path: str) -> str:
    """What a dimension is called: of a time with its grain, "Day of the order (by month)"."""
    label, grain = asked.field(path).label, path.partition(":")[2]
    return f"{label} ({GRAINS[grain]})" if grain and grain != "day" else label


def title_of(asked: Checked) -> str:
    """What a question that nobody named is called."""
    about, question = asked.subject, asked.question
    measure = str(about.measures[question.measures[0]].label)
    if not question.dimensions:
        return measure
    by = gettext(" and ").join(label_of(asked, path) for path in question.dimensions)
    return gettext("%(measure)s by %(fields)s") % {"measure": measure, "fields": by}


def window_of(asked: Checked, span: Span | None, other: Span | None) -> str:
    """The days that are counted, in words."""
    if span is None:
        return gettext("All time")
    said = gettext("%(from)s to %(to)s") % {
        "from": formats.day(span.start, "full"),
        "to": formats.day(span.end, "full"),
    }
    if other is not None:
        beside = {"from": formats.day(other.start, "full"), "to": formats.day(other.end, "full")}
        said += gettext("; beside %(from)s to %(to)s") % beside
    return said


def cell_title(actor: Actor, asked: Checked, cell: Sequence[Any]) -> str:
    """What the values of a cell are called."""
    words = [
        Words(actor, asked.field(path), path.partition(":")[2]).said(value)
        for path, value in zip(asked.question.dimensions, cell, strict=False)
        if value != "*" and _sensible(path, value)
    ]
    return " · ".join(words) or title_of(asked)


def _sensible(path: str, value: Any) -> bool:
    """Whether an address has a day where one belongs."""
    if ":" not in path or value is None:
        return True
    try:
        date.fromisoformat(str(value))
    except ValueError:
        return False
    return True
