"""A report on paper: A4 pages, right to left for Persian readers, in Vazirmatn, each letter shaped and joined."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from unicodedata import bidirectional

from django.contrib.staticfiles import finders
from django.utils.translation import gettext
from fpdf import FPDF
from fpdf.enums import Align, TextDirection, XPos, YPos

from peyvand.foundation.ui import formats
from peyvand.foundation.ui.reader import current_reader
from peyvand.insight.reports.web.figures import Cell, Figure

FONT = "Vazirmatn"
MARGIN, LINE, ROW = 14.0, 6.5, 6.2  # millimetres
MOST_ROWS, MOST_COLUMNS = 200, 8
LONGEST = 120  # letters of a cell
INK, QUIET, RULE, HEAD, BAR = (21, 32, 29), (95, 109, 105), (228, 233, 231), (242, 245, 244), (11, 122, 132)


@cache
def _font(style: str) -> Path:
    found = finders.find(f"vendor/fonts/Vazirmatn-{style}.ttf")
    if not found:
        raise FileNotFoundError(style)
    return Path(found)


class _Paper(FPDF):
    """A page with a foot that says where it is from and which page it is."""

    foot = ""

    def footer(self) -> None:
        self.set_y(-12)
        self.set_font(FONT, size=8)
        self.set_text_color(*QUIET)
        page = formats.digits(str(self.page_no()))
        words = gettext("Page %(n)s") % {"n": page}
        self.cell(0, 5, f"{self.foot} · {words}", align=Align.C)


def document(title: str, figures: Sequence[Figure]) -> bytes:
    """The PDF: title, then each figure with its sentence, bars where there is one row of numbers, its table, and what
    was counted, of which days, how fresh.
    """
    rtl = current_reader().direction == "rtl"
    paper = _Paper(format="A4")
    paper.set_creation_date(datetime.now(UTC))
    paper.set_title(title)
    paper.set_lang(current_reader().language)
    paper.foot = gettext("Peyvand")
    paper.add_font(FONT, "", _font("Regular"))
    paper.add_font(FONT, "B", _font("Bold"))
    paper.set_text_shaping(use_shaping_engine=True, direction=TextDirection.RTL if rtl else TextDirection.LTR)
    paper.set_margins(MARGIN, MARGIN, MARGIN)
    paper.set_auto_page_break(True, margin=16)
    paper.add_page()
    writer = _Writer(paper, rtl)
    writer.line(title, size=17, bold=True)
    writer.line(formats.moment(datetime.now(UTC)), size=9, colour=QUIET)
    for one in figures:
        writer.figure(one, alone=len(figures) == 1)
    return bytes(paper.output())


class _Writer:
    """Puts figures on paper, from the reader's side of the page."""

    def __init__(self, paper: _Paper, rtl: bool) -> None:
        self.paper, self.rtl = paper, rtl
        self.start = Align.R if rtl else Align.L
        self.end = Align.L if rtl else Align.R

    def line(self, text: str, *, size: float = 10, bold: bool = False, colour: Any = INK) -> None:
        self.paper.set_font(FONT, "B" if bold else "", size)
        self.paper.set_text_color(*colour)
        self._towards(text)
        self.paper.multi_cell(0, size * 0.62, text, align=self.start, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _towards(self, text: str) -> None:
        """Lay the text out in its own direction, that of its first letter: in the page's, fpdf2 puts the parts of a
        Persian word that a zero-width non-joiner divides the wrong way round.
        """
        strong = (bidirectional(letter) for letter in text)
        first = next((kind for kind in strong if kind in ("L", "R", "AL")), "R" if self.rtl else "L")
        way = TextDirection.LTR if first == "L" else TextDirection.RTL
        self.paper.set_text_shaping(use_shaping_engine=True, direction=way)

    def figure(self, one: Figure, *, alone: bool) -> None:
        self.paper.ln(4)
        if self.paper.get_y() > self.paper.h - 60:
            self.paper.add_page()
        if not alone:
            self.line(one.title, size=12.5, bold=True)
        if one.refused:
            self.line(one.refused, colour=QUIET)
            return
        if one.stat:
            self.line(one.stat, size=20, bold=True)
        self.line(one.sentence)
        self.paper.ln(1.5)
        self._bars(one)
        self._table(one)
        self.paper.ln(1.5)
        told = [f"{label}: {words}" for label, words in one.definitions]
        told.append(f"{gettext('Period')}: {one.window}")
        if one.fresh is not None:
            told.append(f"{gettext('Fresh as of')}: {formats.moment(one.fresh)}")
        for words in [*told, *one.notes]:
            self.line(words, size=8, colour=QUIET)

    def _bars(self, one: Figure) -> None:
        """The first number of the first rows as bars from zero, where it is never below."""
        if one.chart is None or one.question.across:
            return
        values = [value if isinstance(value, int | float) else 0 for value in one.chart.series[0].values]
        if not values or min(values) < 0 or max(values) <= 0 or len(values) > 60:
            return
        paper, height = self.paper, 30.0
        if paper.get_y() + height > paper.h - 20:
            paper.add_page()
        top, width = paper.get_y(), paper.epw
        step = width / len(values)
        paper.set_fill_color(*BAR)
        for place, value in enumerate(values):
            at = len(values) - 1 - place if self.rtl and ":" not in (one.question.dimensions or [""])[0] else place
            tall = height * value / max(values)
            paper.rect(MARGIN + at * step + step * 0.14, top + height - tall, step * 0.72, max(tall, 0.1), style="F")
        paper.set_draw_color(*RULE)
        paper.line(MARGIN, top + height, MARGIN + width, top + height)
        paper.set_y(top + height + 3)

    def _table(self, one: Figure) -> None:
        columns = min(len(one.heads), MOST_COLUMNS)
        if not columns:
            return
        width = self.paper.epw / (columns + 0.6)
        widths = [width * 1.6, *[width] * (columns - 1)]
        self._row([Cell(head, number=place > 0) for place, head in enumerate(one.heads[:columns])], widths, head=True)
        for row in one.rows[:MOST_ROWS]:
            if self.paper.get_y() > self.paper.h - 24:
                self.paper.add_page()
            self._row(row[:columns], widths)
        if one.total:
            self._row(one.total[:columns], widths, bold=True)
        left_out = len(one.rows) - MOST_ROWS
        if left_out > 0:
            words = gettext("%(n)s more rows stand in the workbook.") % {"n": formats.number(left_out)}
            self.line(words, size=8.5, colour=QUIET)
        if len(one.heads) > columns:
            words = gettext("%(n)s more columns stand in the workbook.") % {
                "n": formats.number(len(one.heads) - columns)
            }
            self.line(words, size=8.5, colour=QUIET)

    def _row(self, cells: Sequence[Cell], widths: Sequence[float], *, head: bool = False, bold: bool = False) -> None:
        paper = self.paper
        paper.set_font(FONT, "B" if head or bold else "", 8.5)
        paper.set_text_color(*(QUIET if head else INK))
        paper.set_fill_color(*HEAD)
        paper.set_draw_color(*RULE)
        order = list(zip(cells, widths, strict=True))
        for place, (cell, width) in enumerate(reversed(order) if self.rtl else order):
            last = place == len(order) - 1
            first = cell is cells[0]
            self._towards(cell.text)
            paper.cell(
                width, ROW, self._fitting(cell.text, width), border="B", fill=head,
                align=self.start if first or not cell.number else self.end,
                new_x=XPos.LMARGIN if last else XPos.RIGHT, new_y=YPos.NEXT if last else YPos.TOP,
            )  # fmt: skip

    def _fitting(self, text: str, width: float) -> str:
        """As much of a text as a cell holds."""
        text = text[:LONGEST]
        if self.paper.get_string_width(text) <= width - 2:
            return text
        fits, over = 0, len(text)
        while over - fits > 1:
            half = (fits + over) // 2
            if self.paper.get_string_width(text[:half] + "…") <= width - 2:
                fits = half
            else:
                over = half
        return text[:fits] + "…"
