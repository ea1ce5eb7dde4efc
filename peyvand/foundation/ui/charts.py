"""Charts as plain data: a question, its answer in one sentence, a picture and the same figures as a table.

The picture is drawn by static/ui/charts.js from `Chart.spec()`; nothing here knows ECharts. Rules of the house: no
second axis, bars from zero, at most five series, reference lines dashed in c6, intervals drawn, never colour alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Literal

from django.utils.translation import gettext

Format = Literal["number", "percent", "text"]
Tone = Literal["c1", "c2", "c3", "c4", "c5", "c6"]
Number = int | float | Decimal
MILLION = 1_000_000
FROM = 10 * MILLION  # the amount from which a picture of money is drawn in millions


@dataclass(frozen=True)
class Share:
    """A share of the whole (0.71 is shown as ٪۷۱), in a chart's table."""

    value: float
    places: int = 0


@dataclass(frozen=True)
class Link:
    """A table cell that opens a list."""

    text: str
    url: str


Cell = str | Number | Share | Link | None


@dataclass(frozen=True)
class Axis:
    """One axis. A category axis has `labels`; a value axis may have a `maximum`. Percent values are 0–100."""

    label: str = ""
    labels: Sequence[str] = ()
    format: Format = "number"
    maximum: float | None = None
    hidden: bool = False


@dataclass(frozen=True)
class Series:
    """One line or set of bars. Values are one a label, or (x, y) pairs on a value axis; None leaves a gap.

    `low` and `high` draw an interval's band. `tones` colours single bars.
    """

    label: str
    values: Sequence[Number | None] | Sequence[tuple[Number, Number]]
    tone: Tone = "c1"
    area: bool = False
    dashed: bool = False
    smooth: bool = False
    tones: Sequence[Tone] = ()
    low: Sequence[Number] = ()
    high: Sequence[Number] = ()


@dataclass(frozen=True)
class Mark:
    """A point that carries its own sentence, with hairlines to both axes."""

    x: float
    y: float
    label: str


@dataclass(frozen=True)
class Chart:
    """A figure. `name` is unique on the page; `answer` may hold <b> through format_html; `links` opens a mark's list.

    `stacked` bars of all series stand on each other.

    `columns` and `rows` are its table; numbers and Shares are formatted for the reader and exported raw as CSV.
    """

    name: str
    question: str
    answer: str
    kind: Literal["line", "bar"]
    x: Axis
    y: Axis
    series: Sequence[Series]
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    marks: Sequence[Mark] = ()
    links: Sequence[str] = ()
    note: str = ""
    audience_url: str = ""
    height: int = 248
    unit: str = ""
    stacked: bool = False

    def spec(self) -> Mapping[str, Any]:
        """What charts.js reads, as JSON can hold it."""
        return {
            "kind": self.kind,
            "x": _axis(self.x),
            "y": _axis(self.y),
            "series": [_series(series) for series in self.series],
            "marks": [{"x": mark.x, "y": mark.y, "label": mark.label} for mark in self.marks],
            "links": list(self.links),
            "unit": self.unit,
            "name": self.name,
            "stacked": self.stacked,
        }


def in_millions(chart: Chart) -> Chart:
    """The picture of amounts of money: where one is ten million or more, all are drawn in millions and the unit says
    so, as nobody reads eight digits on an axis. The table keeps the amounts.
    """
    if max((abs(float(number)) for series in chart.series for number in _numbers(series)), default=0.0) < FROM:
        return chart
    return _scaled(chart, 1 / MILLION, gettext("million %(unit)s") % {"unit": chart.unit})


def in_lengths(chart: Chart, seconds: int) -> Chart:
    """The picture of lengths of time, given in a unit of so many seconds: in days, hours, minutes or seconds, whichever
    is the largest of which the longest has two. The table keeps the lengths.
    """
    longest = seconds * max((abs(float(number)) for series in chart.series for number in _numbers(series)), default=0.0)
    units = (
        (86_400, gettext("days")), (3_600, gettext("hours")), (60, gettext("minutes")), (1, gettext("seconds")),
    )  # fmt: skip
    size, unit = next((one for one in units if longest >= 2 * one[0]), units[-1])
    return _scaled(chart, seconds / size, unit)


def _scaled(chart: Chart, by: float, unit: str) -> Chart:
    series = [
        replace(
            one, values=[_times(value, by) for value in one.values], low=[_times(value, by) for value in one.low],
            high=[_times(value, by) for value in one.high],
        )
        for one in chart.series
    ]  # fmt: skip
    return replace(chart, series=series, unit=unit, y=replace(chart.y, label=unit if chart.y.label else ""))


def _numbers(series: Series) -> Iterator[Number]:
    for value in (*series.values, *series.low, *series.high):
        number = value[1] if isinstance(value, tuple) else value
        if number is not None:
            yield number


def _times(value: Any, by: float) -> Any:
    if isinstance(value, tuple):
        return (value[0], _times(value[1], by))
    if value is None:
        return None
    found = float(value) * by
    return round(found, 0 if abs(found) >= 100 else 2)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    return float(value) if isinstance(value, Decimal) else value


def _axis(axis: Axis) -> Mapping[str, Any]:
    return {
        "label": axis.label,
        "labels": [str(label) for label in axis.labels],
        "format": axis.format,
        "max": axis.maximum,
        "hidden": axis.hidden,
    }


def _series(series: Series) -> Mapping[str, Any]:
    return {
        "label": str(series.label),
        "values": _plain(list(series.values)),
        "tone": series.tone,
        "area": series.area,
        "dashed": series.dashed,
        "smooth": series.smooth,
        "tones": list(series.tones),
        "low": _plain(list(series.low)),
        "high": _plain(list(series.high)),
    }


@dataclass(frozen=True)
class HeatCell:
    """One cell of a heat table: its text, how strong it is (0–1; None leaves it empty), and the list behind it."""

    text: str = ""
    strength: float | None = None
    url: str = ""
    title: str = ""
    best: bool = False

    @property
    def shade(self) -> int:
        """The percent of the ramp's colour in the cell, 9–92."""
        return round(9 + 83 * max(0.0, min(1.0, self.strength or 0.0)))

    @property
    def white(self) -> bool:
        """Whether the ground is so strong that the figure turns light."""
        return self.shade >= 78


@dataclass(frozen=True)
class HeatRow:
    """A cohort: its name, its size, its cells."""

    label: str
    size: str
    cells: Sequence[HeatCell]


@dataclass(frozen=True)
class HeatTable:
    """Cohorts by time since: a table that is its own picture, so it runs with the page's direction."""

    name: str
    question: str
    note: str
    caption: str
    corner: str
    size_label: str
    columns: Sequence[str]
    rows: Sequence[HeatRow]
    answer: str = ""
    switches: Sequence[Link] = field(default_factory=tuple)  # "٪" or "شمار": the current one has no url


def spark(values: Sequence[Number], width: int = 120, height: int = 34) -> dict[str, str]:
    """Points of a sparkline and of the area under it, in a box of that size; the last value gets the dot."""
    figures = [float(value) for value in values]
    low, high = min(figures), max(figures)
    reach = (high - low) or 1.0
    step = (width - 6) / max(1, len(figures) - 1)
    points = [
        (2 + step * place, height - 4 - (figure - low) / reach * (height - 9)) for place, figure in enumerate(figures)
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    last_x, last_y = points[-1]
    return {
        "line": line,
        "area": f"2,{height} {line} {last_x:.1f},{height}",
        "x": f"{last_x:.1f}",
        "y": f"{last_y:.1f}",
        "width": str(width),
        "height": str(height),
    }
