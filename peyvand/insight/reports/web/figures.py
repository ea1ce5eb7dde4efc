"""What a figure consists of, and how values and amounts are said to its reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from peyvand.foundation.calendar.periods import PeriodKind, period_of
from peyvand.foundation.fields.queries import record_type
from peyvand.foundation.money.amounts import Money
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.ui import formats
from peyvand.foundation.ui.charts import Chart, Number
from peyvand.foundation.ui.pieces import CHANNELS
from peyvand.foundation.ui.reader import current_reader
from peyvand.insight.reports.catalogue import PEOPLE, RECORD, Field
from peyvand.insight.reports.declarations import Measure
from peyvand.insight.reports.questions import Question
from peyvand.memory.consents.declarations import ConsentChannel
from peyvand.memory.interactions.declarations import InteractionKind

OTHERS = "__others__"  # as computing says it


@dataclass(frozen=True)
class Cell:
    """A cell of the table: as shown, as kept in a file, and the list behind it."""

    text: str
    raw: Any = None
    url: str = ""
    number: bool = True


@dataclass(frozen=True)
class Figure:
    """A question answered. `waiting`: it is still being computed; `refused` says why there is nothing to show."""

    name: str
    title: str
    question: Question
    waiting: bool = False
    refused: str = ""
    sentence: str = ""
    chart: Chart | None = None
    stat: str = ""
    stat_url: str = ""
    heads: Sequence[str] = ()
    rows: Sequence[Sequence[Cell]] = ()
    total: Sequence[Cell] = ()
    notes: Sequence[str] = ()
    window: str = ""
    fresh: Any = None
    ms: int = 0
    currencies: Sequence[str] = ()
    currency: str = ""
    definitions: Sequence[tuple[str, str]] = field(default_factory=tuple)
    lengths: Sequence[tuple[str, str]] = ()  # of measures that are lengths of time, the unit of their raw numbers

    @property
    def url(self) -> str:
        """The question in the builder."""
        return f"{reverse('reports:build')}?{self.question.query()}"

    @property
    def piece_url(self) -> str:
        """Where the figure alone comes from."""
        more = self.question.query(name=self.name, title=self.title)
        return f"{reverse('reports:figure')}?{more}"


class Words:
    """What values of a dimension are called."""

    def __init__(self, actor: Actor, about: Field, grain: str) -> None:
        self.about, self.grain, self.words = about, grain, dict(about.values)
        if about.column == "channel":
            ways = {one.name: str(one.label) for one in registry.all(ConsentChannel)}
            self.words = ways | {code: str(word) for code, (word, _icon) in CHANNELS.items()} | self.words
        if about.owner == "interactions" and about.column == "kind":
            self.words = {one.name: str(one.label) for one in registry.all(InteractionKind)}
        if about.owner == PEOPLE and not self.words:
            fields = {one.name: one for one in record_type(RECORD).fields(actor)}
            if about.column in fields:
                self.words = {str(key): str(word) for key, word in fields[about.column].choices}

    def said(self, value: Any) -> str:
        if value == OTHERS:
            return gettext("Others")
        if value is None or value == "":
            return gettext("Not known")
        if self.about.kind == "yes":
            return gettext("Yes") if value in (True, "true") else gettext("No")
        if self.grain or self.about.timely:
            reader = current_reader()
            period = period_of(date.fromisoformat(value), PeriodKind(self.grain or "day"), reader.calendar)
            return period.label(reader.language)
        return self.words.get(str(value), str(value))


SECONDS = {"seconds": 1, "minutes": 60}  # in one of the units of lengths of time


class Amounts:
    """Numbers of a measure in the reader's unit."""

    def __init__(self, measure: Measure, currency: str) -> None:
        self.measure, self.currency = measure, currency
        self.toman = measure.money and formats.in_toman(currency)
        self.scale = Decimal(1)
        if measure.unit == "minor" and currency:
            self.scale = Decimal(Money(1, currency).to_decimal())
        if self.toman:
            self.scale /= 10

    @property
    def unit(self) -> str:
        """In a word; empty for plain numbers."""
        if self.measure.money and self.currency:
            return formats.unit_word(self.currency)
        return {"seconds": gettext("seconds"), "minutes": gettext("minutes")}.get(self.measure.unit, "")

    @property
    def seconds(self) -> int:
        """In one of its unit, where it is a length of time; else 0."""
        return SECONDS.get(self.measure.unit, 0)

    def value(self, number: Any) -> Decimal | None:
        """In the unit; a share as it is (0–1)."""
        if number is None:
            return None
        return Decimal(str(number)) * self.scale

    def said(self, number: Any) -> str:
        """For the table."""
        value = self.value(number)
        if value is None:
            return "–"
        if self.measure.unit == "share":
            return formats.percent(value, 1)
        if self.seconds:
            return formats.duration(float(value) * self.seconds)
        whole = value == value.to_integral_value() or abs(value) >= 1000
        return formats.number(value.quantize(Decimal(1) if whole else Decimal("0.01")), 0 if whole else 2)

    def drawn(self, number: Any) -> Number | None:
        """For the picture: shares in per cent."""
        value = self.value(number)
        if value is None:
            return None
        found = float(value * 100 if self.measure.unit == "share" else value)
        return round(found, 0 if abs(found) >= 100 else 2)
