"""What somebody asks: as an address holds it, as a report keeps it, checked against what they may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.calendar.calendars import CalendarKind
from peyvand.foundation.calendar.parsing import DateError
from peyvand.foundation.money.amounts import AmountError, Money
from peyvand.foundation.money.currencies import is_currency
from peyvand.foundation.money.parsing import read_amount
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.formats import read_date
from peyvand.insight.reports.catalogue import GRAINS, Field, Subject, subject
from peyvand.insight.reports.errors import RefusedError
from peyvand.insight.reports.spans import COMPARES, PERIODS, number_read

CHARTS = ("auto", "bar", "line", "area", "stacked", "share", "number", "table")
OPERATORS = ("is", "not", "more", "less", "filled", "empty")
MOST_MEASURES, MOST_ROWS, MOST_FILTERS, MOST_TOP = 4, 2, 8, 100
PLAIN = 300  # letters of a value
DATED = "from-to"
MONEY = ("minor", "whole")  # units of fields that hold amounts


@dataclass(frozen=True)
class Condition:
    """A filter: a field's path (no grain), how, and the value as typed; several values of "is" are split by ·|·."""

    path: str
    op: str
    value: str = ""

    @property
    def values(self) -> list[str]:
        """The values of which any may be."""
        return [one for one in self.value.split("|") if one] or [""]


@dataclass(frozen=True)
class Question:
    """A question over one fact. `measures` and `rows` are ids and paths in order; `across` is the path of a pivot.

    `period` is one of spans.PERIODS, with `start` and `end` (ISO days, both inside) for "from-to" and `days` for
    "days"; `at` is the moment it asks about ("" the fact's own). `compare` is one of spans.COMPARES. `top` keeps so
    many of the first rows and puts the rest together; 0 keeps all. `currency` "" is that of most rows.
    """

    fact: str
    measures: Sequence[str] = ()
    rows: Sequence[str] = ()
    across: str = ""
    conditions: Sequence[Condition] = ()
    period: str = "all"
    start: str = ""
    end: str = ""
    days: int = 30
    at: str = ""
    compare: str = ""
    order: str = "value"
    top: int = 0
    chart: str = "auto"
    currency: str = ""
    share: bool = False
    unknown: Sequence[str] = field(default=(), compare=False)

    @property
    def dimensions(self) -> list[str]:
        """Everything that groups, the pivot last."""
        return [*self.rows, *([self.across] if self.across else [])]

    def as_plain(self) -> dict[str, Any]:
        """As a report keeps it: JSON."""
        return {
            "fact": self.fact, "measures": list(self.measures), "rows": list(self.rows), "across": self.across,
            "conditions": [[one.path, one.op, one.value] for one in self.conditions], "period": self.period,
            "start": self.start, "end": self.end, "days": self.days, "at": self.at, "compare": self.compare,
            "order": self.order, "top": self.top, "chart": self.chart, "currency": self.currency, "share": self.share,
        }  # fmt: skip

    def query(self, **more: str) -> str:
        """As an address holds it."""
        pairs: list[tuple[str, str]] = [("fact", self.fact)]
        pairs += [("m", one) for one in self.measures] + [("r", one) for one in self.rows]
        pairs += [("f", one.path) for one in self.conditions]
        pairs += [("o", one.op) for one in self.conditions]
        pairs += [("v", one.value) for one in self.conditions]
        told = {
            "c": self.across, "p": self.period, "from": self.start, "to": self.end, "days": str(self.days),
            "at": self.at, "vs": self.compare, "order": self.order, "top": str(self.top), "chart": self.chart,
            "cur": self.currency, "share": "1" if self.share else "",
        }  # fmt: skip
        usual = {"order": "value", "top": "0", "chart": "auto", "days": "30", "p": "all"}
        pairs += [(name, value) for name, value in told.items() if value and usual.get(name) != value]
        return urlencode([*pairs, *more.items()])

    def asking(self, **changed: Any) -> Question:
        """The same, but for that."""
        return replace(self, **changed)


def from_plain(plain: Mapping[str, Any]) -> Question:
    """A question as a report or a program gives it; what has no sense is left at what is usual."""
    conditions = [
        Condition(str(one[0])[:PLAIN], str(one[1]), str(one[2])[:PLAIN])
        for one in _listed(plain.get("conditions"))
        if isinstance(one, list | tuple) and len(one) == 3
    ]
    return Question(
        fact=_text(plain, "fact"),
        measures=[str(one)[:PLAIN] for one in _listed(plain.get("measures"))],
        rows=[str(one)[:PLAIN] for one in _listed(plain.get("rows"))],
        across=_text(plain, "across"), conditions=conditions, period=_text(plain, "period") or "all",
        start=_text(plain, "start"), end=_text(plain, "end"), days=max(1, _number(plain.get("days"), 30, 3660)),
        at=_text(plain, "at"), compare=_text(plain, "compare"), order=_text(plain, "order") or "value",
        top=_number(plain.get("top"), 0, MOST_TOP), chart=_text(plain, "chart") or "auto",
        currency=_text(plain, "currency")[:3].upper(), share=bool(plain.get("share")),
    )  # fmt: skip


def from_query(given: Any) -> Question:
    """A question as an address has it (a QueryDict)."""
    conditions = [
        [path, op or "is", _in_unit(value.replace("\x00", ""), unit)]
        for path, op, value, unit in zip(
            given.getlist("f"), *(_filled(given.getlist(name)) for name in ("o", "v", "u")), strict=False
        )
        if path
    ]
    return from_plain(
        {
            "fact": given.get("fact", ""), "measures": [one for one in given.getlist("m") if one],
            "rows": [one for one in given.getlist("r") if one], "across": given.get("c", ""),
            "conditions": conditions, "period": given.get("p", ""), "start": given.get("from", ""),
            "end": given.get("to", ""), "days": given.get("days", ""), "at": given.get("at", ""),
            "compare": given.get("vs", ""), "order": given.get("order", ""), "top": given.get("top", ""),
            "chart": given.get("chart", ""), "currency": given.get("cur", ""), "share": given.get("share", ""),
        }
    )  # fmt: skip


def _in_unit(value: str, unit: str) -> str:
    """A bare number with the unit that was chosen beside it."""
    if len(unit) != 3 or not unit.isascii() or not unit.isalpha():
        return value
    try:
        return f"{value.strip()} {unit}" if number_read(value).is_finite() else value
    except ArithmeticError:
        return value


def _filled(values: list[str]) -> list[str]:
    return [*values, *[""] * MOST_FILTERS]


def _text(plain: Mapping[str, Any], name: str) -> str:
    return str(plain.get(name) or "").replace("\x00", "")[:PLAIN]


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []


def _number(value: Any, usual: int, most: int) -> int:
    try:
        return max(0, min(most, int(value)))
    except (TypeError, ValueError):
        return usual


@dataclass(frozen=True)
class Checked:
    """A question that its reader may ask, with what it is made of."""

    question: Question
    subject: Subject
    currency_path: str  # of its amounts; empty without amounts

    def field(self, path: str) -> Field:
        """The field of a dimension, its grain left off."""
        return self.subject.fields[path.partition(":")[0]]


def checked(actor: Actor, question: Question) -> Checked:
    """The question with what the actor may see; RefusedError, in a sentence, where it can't be answered for them."""
    wanted = [*(path.partition(":")[0] for path in question.dimensions), *(one.path for one in question.conditions)]
    about = subject(actor, question.fact, wanted)
    if about is None:
        raise RefusedError(_("There is nothing to ask about here that you may see. Choose what the report is about."))
    if not question.measures:
        first = next(iter(about.measures))
        question = question.asking(measures=[first])
    if len(question.measures) > MOST_MEASURES or len(question.rows) > MOST_ROWS:
        raise RefusedError(_("A report shows at most four numbers in two levels of rows. Take some out."))
    if len(question.conditions) > MOST_FILTERS:
        raise RefusedError(_("These are too many filters for one report."))
    for name in question.measures:
        if name not in about.measures:
            raise RefusedError(_("One of the numbers is not there any more, or not for you to see. Choose another."))
    for path in question.dimensions:
        _dimension(about, path)
    if len(set(question.dimensions)) < len(question.dimensions):
        raise RefusedError(_("The same field stands twice in rows and columns. Choose another."))
    for one in question.conditions:
        _condition(about, one)
    if question.period not in PERIODS or question.compare not in COMPARES:
        raise RefusedError(_("There is no such period."))
    if question.currency and not is_currency(question.currency):
        raise RefusedError(_("There is no such currency. Choose another."))
    at = question.at or about.at
    if at and (at not in about.fields or not about.fields[at].timely):
        raise RefusedError(_("The day that the period asks about is not there, or not for you to see."))
    if question.period != "all" and not at:
        raise RefusedError(_("These rows have no day, so no period can be chosen."))
    if question.period == DATED:
        _days_of(question)
    currencies = {about.measures[name].currency for name in question.measures if about.measures[name].money}
    if len(currencies) > 1:
        raise RefusedError(_("Amounts of different kinds can't stand in one report. Take one out."))
    question = question.asking(at=at, conditions=[*question.conditions, *_of_currency(about, question)])
    return Checked(question=question, subject=about, currency_path=next(iter(currencies), ""))


def _of_currency(about: Subject, question: Question) -> list[Condition]:
    """Rows in the currencies in which filters ask for amounts: ten million tomans say nothing of a row in euros."""
    codes = {
        amount.currency
        for one in question.conditions
        if one.op in ("is", "more", "less") and about.fields[one.path].unit in MONEY
        for amount in map(_amount, one.values)
        if amount is not None
    }
    path = about.words.money
    return [Condition(path, "is", "|".join(sorted(codes)))] if codes and path in about.fields else []


def _days_of(question: Question) -> tuple[date, date]:
    if not question.start.strip() or not question.end.strip():
        raise RefusedError(_("Type the first and the last day of the period, the first one first."))
    try:
        start, end = read_date(question.start), read_date(question.end)
    except DateError as error:
        raise RefusedError(str(error)) from None
    if end < start:
        raise RefusedError(_("Type the first and the last day of the period, the first one first."))
    return start, end


def _dimension(about: Subject, path: str) -> None:
    plain, _sep, grain = path.partition(":")
    found = about.fields.get(plain)
    if found is None or found.kind == "number" or (grain and (grain not in GRAINS or not found.timely)):
        raise RefusedError(_("A field of this report is not there any more, or not for you to see. Choose another."))
    if found.timely and not grain:
        raise RefusedError(_("Say by which length of time the rows go: day, week, month, season or year."))


def _condition(about: Subject, one: Condition) -> None:
    found = about.fields.get(one.path)
    if found is None or one.op not in OPERATORS:
        raise RefusedError(_("A filter's field is not there any more, or not for you to see. Choose another."))
    if one.op in ("filled", "empty"):
        return
    if one.op in ("more", "less") and found.kind in ("text", "yes"):
        raise RefusedError(_("“More” and “less” are for numbers and days."))
    for value in one.values:
        value_read(found, value)


def value_read(found: Field, text: str) -> Any:
    """A filter's value as JSON; RefusedError where it is none of the field's."""
    if found.kind == "text":
        return text
    if found.kind == "yes":
        return text in ("1", "yes", "true")
    if found.kind == "number":
        if found.unit in MONEY and (amount := _amount(text)) is not None:
            return str(amount.minor if found.unit == "minor" else amount.to_decimal())
        try:
            return str(_decimal(text))
        except ArithmeticError:
            raise RefusedError(_("Type a number in the filter.")) from None
    try:
        return read_date(text).isoformat()
    except DateError as error:
        there = error.month is not None  # a month that there is, without that day
        raise RefusedError(str(error) if there else _("Type a day in the filter, such as 1405/09/02.")) from None


def _amount(text: str) -> Money | None:
    """An amount with its unit, "10,000,000 toman"; None of a bare number, which is in the unit that the fact holds."""
    try:
        amount = read_amount(text)
        return Money.from_decimal(amount.value, amount.unit) if amount.unit else None
    except (AmountError, ArithmeticError):
        return None


def _decimal(text: str) -> Any:
    from_reader = number_read(text)
    if not from_reader.is_finite() or abs(from_reader) > 10**18:
        raise ArithmeticError
    return from_reader


def calendar_of(name: str) -> CalendarKind:
    """The calendar of that name, Jalali where there is none."""
    return CalendarKind.GREGORIAN if name == "gregorian" else CalendarKind.JALALI
