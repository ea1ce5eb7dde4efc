"""What a reader has to know beside a figure: which of its periods are not whole, what its picture leaves out."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext

from peyvand.foundation.calendar.periods import PeriodKind, period_of
from peyvand.foundation.ui import formats
from peyvand.foundation.ui.reader import current_reader
from peyvand.insight.reports.asked import today
from peyvand.insight.reports.questions import Checked
from peyvand.insight.reports.spans import Span


def cut_periods(asked: Checked, span: Span | None, keys: Collection[Any]) -> list[str]:
    """A sentence for each end at which the days that are asked about cut off a month (week, season, year) that rows
    or columns go by. `keys` are the first days (ISO) of those that are shown.
    """
    path = next((one for one in asked.question.dimensions if ":" in one), "")
    plain, _sep, grain = path.partition(":")
    if plain != asked.question.at or grain in ("", PeriodKind.DAY):
        return []
    reader, kind, found = current_reader(), PeriodKind(grain), []
    first = period_of(span.start, kind, reader.calendar) if span is not None else None
    if span is not None and first is not None and first.start < span.start and first.start.isoformat() in keys:
        found.append(
            gettext("Of %(period)s only the days from %(day)s on are counted.")
            % {"period": first.label(reader.language), "day": formats.day(span.start, "full")}
        )
    end = today() if span is None else min(span.end, today())
    last = period_of(end, kind, reader.calendar)
    if end < last.last and last.start.isoformat() in keys:
        found.append(
            gettext("Of %(period)s only the days up to %(day)s are counted.")
            % {"period": last.label(reader.language), "day": formats.day(end, "full")}
        )
    return found
