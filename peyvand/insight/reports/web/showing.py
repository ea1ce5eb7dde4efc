"""Answers as figures for the reader: a sentence, a picture, its table; marks and cells open the people behind them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from django.urls import reverse
from django.utils.translation import gettext

from peyvand.foundation.calendar.periods import PeriodKind, period_of, shift
from peyvand.foundation.money.amounts import Money
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.bidi import isolate
from peyvand.foundation.text.lists import joined
from peyvand.foundation.ui import formats
from peyvand.foundation.ui.charts import Axis, Chart, Number, Series, in_lengths, in_millions
from peyvand.foundation.ui.reader import current_reader
from peyvand.insight.reports.queries import Got
from peyvand.insight.reports.questions import Checked, Question
from peyvand.insight.reports.spans import COMPARES, Span
from peyvand.insight.reports.web.figures import OTHERS, Amounts, Cell, Figure, Words
from peyvand.insight.reports.web.noting import cut_periods
from peyvand.insight.reports.web.titles import label_of, title_of, window_of

SERIES, BARS, ACROSS, PERIODS = 5, 30, 60, 400
TONES: Sequence[Any] = ("c1", "c2", "c3", "c4", "c5")
ADDS = ("count", "sum")  # of these measures parts add up to the whole


def drill_url(question: Question, cell: Sequence[Any]) -> str:
    """The people behind a cell."""
    more = "".join(f"&x={_marked(value)}" for value in cell) if cell else "&x=*"
    return f"{reverse('reports:people')}?{question.query()}{more}"


def _marked(value: Any) -> str:
    plain = str(value).lower() if isinstance(value, bool) else str(value)
    from_value = "*" if value == "*" else "~" if value is None else "=" + plain
    return quote(from_value, safe="*~")


def figure(
    actor: Actor, got: Got, question: Question, *, name: str = "report", title: str = "", drill: bool = True
) -> Figure:
    """What was got, as a figure."""
    if got.asked is None or got.payload is None:
        usual = title_of(got.asked) if got.asked is not None else gettext("Report")
        return Figure(
            name=name, title=title or usual, question=question, waiting=got.waiting, refused=got.refused
        )  # fmt: skip
    return _Shown(actor, got.asked, got.payload, got, question=question, name=name, title=title, drill=drill).figure()


class _Shown:
    """One answer on its way to a figure."""

    def __init__(
        self, actor: Actor, asked: Checked, payload: Mapping[str, Any], got: Got, *, question: Question, name: str,
        title: str, drill: bool,
    ) -> None:  # fmt: skip
        self.actor, self.got, self.question, self.name = actor, got, question, name
        self.asked, self.payload = asked, payload
        about = self.asked.subject
        self.measures = [about.measures[one] for one in self.asked.question.measures]
        self.currency = str(self.payload.get("currency", ""))
        self.amounts = [Amounts(one, self.currency) for one in self.measures]
        self.dimensions = list(self.asked.question.dimensions)
        self.words = [Words(actor, self.asked.field(path), path.partition(":")[2]) for path in self.dimensions]
        self.title = title or title_of(self.asked)
        self.drill = drill and bool(about.people) and actor.may("customers.view")
        self.pinned = question.asking(currency=self.currency)
        self.adds = self.measures[0].op in ADDS
        self.left_out: list[str] = []  # notes on what stands in the table alone, or in the files

    def figure(self) -> Figure:
        rows = self._filled(self.payload["rows"], self.got.span)
        common: dict[str, Any] = {
            "name": self.name, "title": self.title, "question": self.question, "notes": self._notes(),
            "window": window_of(self.asked, self.got.span, self.got.beside), "fresh": self.got.fresh_until,
            "ms": self.got.ms, "currencies": self.payload.get("currencies", ()), "currency": self.currency,
            "definitions": [(str(one.label), str(one.definition)) for one in self.measures],
            "lengths": [(str(one.measure.label), one.unit) for one in self.amounts if one.seconds],
            "sentence": self._sentence(rows),
        }  # fmt: skip
        if not self.dimensions or self.asked.question.chart == "number":
            heads, cells = self._single()
            common["sentence"] = self._changed_words() or str(self.measures[0].definition)
            return Figure(
                **common, stat=self._stat(), stat_url=self._url([]), heads=heads, rows=cells,
            )  # fmt: skip
        heads, table, total = self._pivoted(rows) if self.question.across else self._listed(rows)
        chart = None if self.asked.question.chart == "table" or not rows else self._chart(rows, heads, table)
        shown = {str(value) for row in rows for value in row[: len(self.dimensions)]}
        common["notes"] += [*cut_periods(self.asked, self.got.span, shown), *self.left_out]
        return Figure(**common, chart=chart, heads=heads, rows=table, total=total)

    # ── words ──

    def _stat(self) -> str:
        return self._with_unit(0, self.payload["total"][0])

    def _with_unit(self, place: int, number: Any) -> str:
        amount = self.amounts[place]
        value = amount.value(number)
        if value is not None and amount.measure.money and self.currency:
            plain = value * 10 if amount.toman else value
            return formats.money(Money.from_decimal(plain.quantize(_cent(self.currency)), self.currency), "short")
        unit = f" {amount.unit}" if amount.unit and not (amount.seconds or value is None) else ""
        return f"{amount.said(number)}{unit}"

    def _sentence(self, rows: Sequence[Sequence[Any]]) -> str:
        whole = gettext("%(measure)s: %(number)s.") % {
            "measure": self.measures[0].label, "number": self._with_unit(0, self.payload["total"][0])
        }  # fmt: skip
        if changed := self._changed_words():
            whole += f" {changed}"
        count = len(self.dimensions)
        best = [row for row in rows if row[count] is not None and OTHERS not in row[:count]]
        if len(best) > 1:
            top = max(best, key=lambda row: float(row[count]))
            name = joined(isolate(word.said(value)) for word, value in zip(self.words, top[:count], strict=True))
            whole += " " + gettext("Most: %(name)s, %(number)s.") % {
                "name": name, "number": self._with_unit(0, top[count])
            }  # fmt: skip
        return whole

    def _changed_words(self) -> str:
        """How the whole is beside the other period; empty where there is none, or nothing was in it."""
        before = self.payload.get("before")
        change = _change(self.payload["total"][0], before["total"][0]) if before is not None else None
        if change is None:
            return ""
        words = gettext("%(share)s more than %(other)s.") if change >= 0 else gettext("%(share)s less than %(other)s.")
        other = {"before": gettext("the period before"), "year": gettext("a year before")}
        share = formats.percent(abs(change))
        return words % {"share": share, "other": other[self.asked.question.compare]}

    def _notes(self) -> list[str]:
        found = []
        if self.payload.get("folded"):
            found.append(gettext("Groups of fewer than five people are under “Others”."))
        codes = [code for code in self.payload.get("currencies", ()) if code != self.currency]
        if codes:
            named = joined(formats.unit_word(code) for code in codes)
            found.append(gettext("Only %(this)s is counted; there is %(others)s too, which is never added to it.") % {
                "this": formats.unit_word(self.currency), "others": named})  # fmt: skip
        return found

    def _url(self, cell: Sequence[Any]) -> str:
        if not self.drill or OTHERS in cell:
            return ""
        return drill_url(self.pinned, cell)

    # ── tables ──

    def _single(self) -> tuple[list[str], list[list[Cell]]]:
        before = self.payload.get("before")
        heads = [gettext("Figure"), gettext("Result")]
        if before is not None:
            heads += [str(COMPARES[self.asked.question.compare]), gettext("Change")]
        rows = []
        for place, one in enumerate(self.measures):
            now = self.payload["total"][place]
            row = [Cell(str(one.label), number=False), self._cell(place, now, [])]
            if before is not None:
                row += [self._cell(place, before["total"][place]), _changed(now, before["total"][place])]
            rows.append(row)
        return heads, rows

    def _cell(self, place: int, number: Any, cell: Sequence[Any] | None = None) -> Cell:
        amount = self.amounts[place]
        value = amount.value(number)
        return Cell(amount.said(number), value, self._url(cell) if cell is not None else "")

    def _head(self, place: int) -> str:
        unit = "" if self.amounts[place].seconds else self.amounts[place].unit
        return f"{self.measures[place].label} ({unit})" if unit else str(self.measures[place].label)

    def _listed(self, rows: Sequence[Sequence[Any]]) -> tuple[list[str], list[list[Cell]], list[Cell]]:
        count, before = len(self.dimensions), self._before()
        heads = [label_of(self.asked, path) for path in self.dimensions]
        total_before = self.payload.get("before", {}).get("total")
        heads += [self._head(place) for place in range(len(self.measures))]
        if before is not None:
            heads += [str(COMPARES[self.asked.question.compare]), gettext("Change")]
        share = self._shares()
        if share:
            heads.append(gettext("Share"))
        table = []
        for at, row in enumerate(rows):
            values = row[:count]
            line = [Cell(word.said(value), value, number=False) for word, value in zip(self.words, values, strict=True)]
            line += [self._cell(place, row[count + place], values) for place in range(len(self.measures))]
            if before is not None:
                other = before(at, values)
                line += [self._cell(0, other), _changed(row[count], other)]
            if share:
                line.append(_share(row[count], self.payload["total"][0]))
            table.append(line)
        total = [Cell(gettext("Total"), number=False), *(Cell("", number=False) for _one in range(count - 1))]
        total += [self._cell(place, number, ["*"] * count) for place, number in enumerate(self.payload["total"])]
        if before is not None and total_before is not None:
            total += [self._cell(0, total_before[0]), _changed(self.payload["total"][0], total_before[0])]
        if share:
            total.append(_share(self.payload["total"][0], self.payload["total"][0]))
        return heads, table, total

    def _shares(self) -> bool:
        return self.question.share and self.measures[0].op in ADDS and bool(self.payload["total"][0])

    def _before(self) -> Any:
        """What a row is held beside: of times that at the same place, of others that of the same values."""
        other = self.payload.get("before")
        if other is None:
            return None
        count = len(self.dimensions)
        if count == 1 and ":" in self.dimensions[0]:
            rows = self._filled(other["rows"], self.got.beside)
            return lambda at, _values: rows[at][count] if at < len(rows) else None
        known = {tuple(row[:count]): row[count] for row in other["rows"]}
        return lambda _at, values: known.get(tuple(values))

    def _pivoted(self, rows: Sequence[Sequence[Any]]) -> tuple[list[str], list[list[Cell]], list[Cell]]:
        count = len(self.dimensions) - 1
        across, cells = self._across(rows)
        heads = [label_of(self.asked, path) for path in self.dimensions[:count]]
        heads += [self.words[-1].said(value) for value in across]
        if not count:
            heads = [str(self.measures[0].label), *heads]
        if whole := self.adds and len(across) > 1:
            heads.append(gettext("Total"))
        table = []
        cells_of: dict[tuple[Any, ...], list[Any]] = {}
        for row in rows:
            cells_of.setdefault(tuple(row[:count]), []).append(row[count + 1])
        for key in cells_of:
            line = [
                Cell(word.said(value), value, number=False) for word, value in zip(self.words[:count], key, strict=True)
            ]
            if not count:
                line = [Cell(gettext("All"), number=False)]
            line += [
                self._cell(0, cells.get((*key, value)), [*key, value]) if (*key, value) in cells else Cell("–")
                for value in across
            ]
            if whole:
                line.append(self._cell(0, _sum(cells_of[key]), [*key, "*"]))
            table.append(line)
        total: list[Cell] = []
        if self.adds:
            total = [Cell(gettext("Total"), number=False), *(Cell("", number=False) for _one in range(count - 1))]
            for value in across:
                parts = _sum(row[count + 1] for row in rows if row[count] == value)
                total.append(self._cell(0, parts, [*["*"] * count, value]))
        if whole:
            total.append(self._cell(0, self.payload["total"][0], ["*"] * (count + 1)))
        if len(self.measures) > 1:
            self.left_out.append(gettext("Beside columns, only the first number is shown."))
        return heads, table, total

    def _across(self, rows: Sequence[Sequence[Any]]) -> tuple[list[Any], dict[tuple[Any, ...], Any]]:
        count = len(self.dimensions) - 1
        sums: dict[Any, float] = {}
        for row in rows:
            sums[row[count]] = sums.get(row[count], 0.0) + float(row[count + 1] or 0)
        timely = ":" in self.dimensions[-1]
        cells = {tuple(row[: count + 1]): row[count + 1] for row in rows}
        if len(sums) > ACROSS:
            note = gettext("Only %(n)s of %(all)s columns are shown: the latest ones.") if timely else gettext(
                "Only %(n)s of %(all)s columns are shown: those with the most.")  # fmt: skip
            numbers = {"n": formats.number(ACROSS), "all": formats.number(len(sums))}
            if (said := note % numbers) not in self.left_out:
                self.left_out.append(said)
        if timely:
            return sorted(sums, key=str)[-ACROSS:], cells
        return sorted(sums, key=lambda one: (one == OTHERS, -sums[one]))[:ACROSS], cells

    # ── pictures ──

    def _filled(self, rows: Sequence[Sequence[Any]], span: Span | None) -> list[Sequence[Any]]:
        """Periods in which nothing was, where times go in one row each."""
        if len(self.dimensions) != 1 or ":" not in self.dimensions[0]:
            return list(rows)
        kind, calendar = PeriodKind(self.dimensions[0].partition(":")[2]), current_reader().calendar
        known = {row[0]: row for row in rows if row[0] not in (None, OTHERS)}
        if not known and span is None:
            return list(rows)
        first = span.start if span else date.fromisoformat(min(known))
        last = min(span.end, date.fromisoformat(max(known))) if span and known else (
            span.end if span else date.fromisoformat(max(known)))  # fmt: skip
        period = period_of(first, kind, calendar)
        found: list[Sequence[Any]] = []
        nothing = [0 if one.op in (*ADDS, "distinct") else None for one in self.measures]
        while period.start <= last and len(found) <= PERIODS:
            key = period.start.isoformat()
            found.append(known.pop(key, [key, *nothing]))
            period = shift(period, 1)
        if known or len(found) > PERIODS:
            return list(rows)
        return [*found, *(row for row in rows if row[0] in (None, OTHERS))]

    def _drawn(self, place: int, number: Any) -> Number | None:
        return self.amounts[place].drawn(number)

    def _chart(self, rows: Sequence[Sequence[Any]], heads: Sequence[str], table: Sequence[Sequence[Cell]]) -> Chart:
        asked, count = self.asked.question.chart, len(self.dimensions)
        if asked in ("stacked", "share") and not self.adds:
            asked = "bar"
            self.left_out.append(gettext("These numbers do not add up to a whole, so the bars stand side by side."))
        timely = ":" in self.dimensions[0]
        kind: Any = "line" if asked in ("line", "area") or (asked == "auto" and timely) else "bar"
        stacked = asked in ("stacked", "share")
        amount = self.amounts[0]
        if self.question.across and count > 1:
            series, labels, links = self._many(rows, asked)
        elif self.question.across:
            self._only(BARS, len(rows))
            labels = [self.words[-1].said(row[0]) for row in rows][:BARS]
            series = [Series(str(self.measures[0].label), [self._drawn(0, row[1]) for row in rows][:BARS])]
            links = [self._url(row[:1]) for row in rows][:BARS]
        else:
            most = PERIODS if timely else BARS
            self._only(most, len(rows))
            labels = [" · ".join(cell.text for cell in line[:count]) for line in table][:most]
            links = [self._url(row[:count]) for row in rows][:most]
            same = [place for place, one in enumerate(self.amounts) if one.unit == amount.unit][:SERIES]
            same = [
                place for place in same if (self.measures[place].unit == "share") == (amount.measure.unit == "share")
            ]
            series = [
                Series(
                    str(self.measures[place].label),
                    [self._drawn(place, row[count + place]) for row in rows][:most],
                    tone=TONES[at], area=asked == "area",
                )
                for at, place in enumerate(same)
            ]  # fmt: skip
            before = self._before()
            if before is not None and len(series) == 1:
                values = [self._drawn(0, before(at, row[:count])) for at, row in enumerate(rows)][:most]
                series.append(
                    Series(str(COMPARES[self.asked.question.compare]), values, tone="c6", dashed=kind == "line")
                )
            if asked == "share":
                series = [_of_all(series[0], sum(float(self._drawn(0, row[count]) or 0) for row in rows))]
        percent = amount.measure.unit == "share" or asked == "share"
        chart = Chart(
            name=self.name, question=self.title, answer=self._sentence(rows), kind=kind,
            x=Axis(labels=labels, format="text"),
            y=Axis(
                label="" if percent else amount.unit, format="percent" if percent else "number",
                maximum=100 if asked == "share" and stacked else None,
            ),
            series=series, columns=heads, rows=(), links=links if any(links) else (),
            unit="" if percent else amount.unit,
            stacked=stacked and len(series) > 1,
        )  # fmt: skip
        if amount.seconds and not percent:
            return in_lengths(chart, amount.seconds)
        return in_millions(chart) if amount.measure.money and not percent else chart

    def _only(self, most: int, rows: int) -> None:
        """Say of a picture that it shows the first rows alone."""
        if rows > most:
            note = gettext("The picture shows the first %(n)s of %(all)s rows; the table has all.")
            self.left_out.append(note % {"n": formats.number(most), "all": formats.number(rows)})

    def _many(self, rows: Sequence[Sequence[Any]], asked: str) -> tuple[list[Series], list[str], list[str]]:
        """A series a value across: the five with most, and the others together where numbers add up."""
        count = len(self.dimensions) - 1
        across, cells = self._across(rows)
        rest: list[Any] = []
        if len(across) > SERIES:
            sums = {value: sum(float(cells.get(key) or 0) for key in cells if key[-1] == value) for value in across}
            ranked = sorted(across, key=lambda value: (value == OTHERS, -sums[value]))
            across = ranked[:SERIES]
            if self.adds:
                rest = [key for key in {key[-1]: None for key in cells} if key not in across]
            else:
                note = gettext("The picture shows the %(n)s with the most; the table has all.")
                self.left_out.append(note % {"n": formats.number(SERIES)})
        keys = list(dict.fromkeys(tuple(row[:count]) for row in rows))
        most = PERIODS if ":" in self.dimensions[0] else BARS
        self._only(most, len(keys))
        keys = keys[:most]
        labels = [
            " · ".join(word.said(value) for word, value in zip(self.words[:count], key, strict=True)) for key in keys
        ]
        counted = asked == "share" or self.adds or self.measures[0].op == "distinct"
        nothing = 0 if counted else None  # the mean of none is not nought
        lines = [
            [nothing if (number := self._drawn(0, cells.get((*key, value)))) is None else number for key in keys]
            for value in across
        ]
        named: list[tuple[str, Any]] = [
            (self.words[-1].said(value), tone) for value, tone in zip(across, TONES, strict=False)
        ]
        if rest:
            together = [sum(Decimal(str(cells.get((*key, value)) or 0)) for value in rest) for key in keys]
            lines.append([self._drawn(0, number) for number in together])
            named.append((gettext("Others"), "c6"))
        if asked == "share":
            sums_of = [sum(float(line[at] or 0) for line in lines) or 1.0 for at in range(len(keys))]
            lines = [[round(100 * float(one or 0) / sums_of[at], 1) for at, one in enumerate(line)] for line in lines]
        series = [
            Series(word, line, tone=tone, area=asked == "area") for (word, tone), line in zip(named, lines, strict=True)
        ]
        return series, labels, [self._url([*key, "*"]) for key in keys]


def _of_all(series: Series, whole: float) -> Series:
    values: list[Any] = list(series.values)
    return Series(series.label, [round(100 * float(one or 0) / (whole or 1.0), 1) for one in values])


def _sum(parts: Iterable[Any]) -> Decimal:
    return sum((Decimal(str(one)) for one in parts if one is not None), Decimal(0))


def _change(now: Any, before: Any) -> float | None:
    if now is None or before is None or float(before) <= 0:
        return None
    return float(now) / float(before) - 1


def _changed(now: Any, before: Any) -> Cell:
    change = _change(now, before)
    if change is None:
        return Cell("–")
    return Cell(formats.change(change), round(change, 4))


def _share(part: Any, whole: Any) -> Cell:
    if part is None or not whole:
        return Cell("–")
    share = float(part) / float(whole)
    return Cell(formats.percent(share, 1), round(share, 4))


def _cent(currency: str) -> Decimal:
    return Decimal(Money(1, currency).to_decimal())
