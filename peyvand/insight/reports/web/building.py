"""The builder's form as data: what may be chosen, what is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.accounts import settings as workspace
from peyvand.foundation.money.amounts import AmountError
from peyvand.foundation.money.currencies import CURRENCIES, RIAL, TOMAN, currency_of
from peyvand.foundation.money.parsing import Amount, read_amount
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.text.lists import joined
from peyvand.foundation.ui import formats
from peyvand.insight.reports import catalogue
from peyvand.insight.reports.catalogue import Field, Subject
from peyvand.insight.reports.questions import MONEY, MOST_FILTERS, MOST_MEASURES, MOST_ROWS, Condition, Question
from peyvand.insight.reports.sides import sides_found
from peyvand.insight.reports.spans import COMPARES, PERIODS

GRAINS: dict[str, Label] = {
    "day": _("by day"), "week": _("by week"), "month": _("by month"), "season": _("by season"), "year": _("by year"),
}  # fmt: skip
CHARTS: dict[str, Label] = {
    "auto": _("As it fits"), "bar": _("Bars"), "line": _("Line chart"), "area": _("Area"), "stacked": _("Stacked bars"),
    "share": _("Shares"), "number": _("One number"), "table": _("Table only"),
}  # fmt: skip
OPERATORS: dict[str, Label] = {
    "is": pgettext_lazy("filter", "is"), "not": pgettext_lazy("filter", "is not"), "more": _("more than, or after"),
    "less": _("less than, or before"), "filled": pgettext_lazy("filter", "is filled"),
    "empty": pgettext_lazy("filter", "is empty"),
}  # fmt: skip
TOPS = (0, 5, 8, 10, 20, 50)


@dataclass(frozen=True)
class Choice:
    """An option of a select."""

    value: str
    label: str
    chosen: bool = False


@dataclass(frozen=True)
class Line:
    """A line of filters: the choices of field and operator, what is typed, or the words to choose from."""

    fields: Sequence[Choice]
    operators: Sequence[Choice]
    value: str
    values: Sequence[Choice]
    needs_value: bool
    path: str
    units: Sequence[Choice] = ()


@dataclass(frozen=True)
class Groups:
    """Audiences and snapshots to choose from, by path; how many rows there are, and whether there is room for one."""

    fact: str
    found: Sequence[Choice]
    room: bool
    rows: int


@dataclass(frozen=True)
class BuilderForm:
    """Everything the builder shows."""

    question: Question
    subject: Subject
    facts: Sequence[Choice]
    measures: Sequence[Sequence[Choice]]
    rows: Sequence[Sequence[Choice]]
    across: Sequence[Choice]
    filters: Sequence[Line]
    periods: Sequence[Choice]
    compares: Sequence[Choice]
    days_at: Sequence[Choice]
    charts: Sequence[Choice]
    tops: Sequence[Choice]
    orders: Sequence[Choice]
    start: str
    end: str
    groups: Groups | None


def _options(pairs: Iterable[tuple[str, object]], chosen: str) -> list[Choice]:
    return [Choice(value, str(label), value == chosen) for value, label in pairs]


def form(actor: Actor, question: Question, *, added: str = "") -> BuilderForm | None:
    """The form of a question; None where nothing may be asked. `added` is where another line was wanted."""
    facts = catalogue.subjects(actor, [*question.dimensions, *(one.path for one in question.conditions)])
    if not facts:
        return None
    about = next((one for one in facts if one.fact.name == question.fact), None)
    if about is None:
        about, question = facts[0], Question(fact=facts[0].fact.name)
    if not question.measures:
        question = question.asking(measures=[next(iter(about.measures))])
    question = question.asking(conditions=[_begun(about, one) for one in question.conditions])
    dimensions = [("", gettext("nothing")), *_dimensions(about)]
    more_measures = added == "m" and len(question.measures) < MOST_MEASURES
    more_rows = len(question.rows) < MOST_ROWS
    return BuilderForm(
        question=question, subject=about,
        facts=[Choice(one.fact.name, one.label, one.fact.name == about.fact.name) for one in facts],
        measures=[
            _options([*([] if place == 0 else [("", gettext("nothing"))]),
                      *((name, measure.label) for name, measure in about.measures.items())], chosen)
            for place, chosen in enumerate([*question.measures, *([""] if more_measures else [])])
        ],
        rows=[_options(dimensions, chosen) for chosen in [*question.rows, *([""] if more_rows else [])]],
        across=_options(dimensions, question.across),
        filters=[
            _line(about, one)
            for one in [*question.conditions,
                        *([Condition("", "is")] if len(question.conditions) < MOST_FILTERS else [])]
        ],
        periods=_options(PERIODS.items(), question.period),
        compares=_options(COMPARES.items(), question.compare),
        days_at=_options([(one.path, one.label) for one in about.dimensions if one.timely], question.at or about.at),
        charts=_options(CHARTS.items(), question.chart),
        tops=_options([(str(n), formats.number(n) if n else gettext("All")) for n in TOPS], str(question.top)),
        orders=_options([("value", gettext("Greatest first")), ("label", gettext("By name"))], question.order),
        start=question.start, end=question.end, groups=groups(actor, about, "", len(question.rows)),
    )  # fmt: skip


def groups(actor: Actor, about: Subject, text: str, rows: int) -> Groups | None:
    """Audiences and snapshots whose name has the letters; None where none can be asked about."""
    if not about.people:
        return None
    before = "" if about.fact.name == catalogue.PEOPLE else about.people + "."
    found = [Choice(before + column, label) for column, _kind, label, _values in sides_found(actor, text)]
    return Groups(about.fact.name, found, rows < MOST_ROWS, rows) if found or text else None


def _begun(about: Subject, one: Condition) -> Condition:
    """A filter by yes or no that was just chosen asks for yes, as it is shown."""
    field = about.fields.get(one.path)
    asks = field is not None and field.kind == "yes" and one.op in ("is", "not") and not one.value
    return replace(one, value="1") if asks else one


def _dimensions(about: Subject) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for one in about.dimensions:
        if one.timely:
            found += [(f"{one.path}:{grain}", joined((one.label, word))) for grain, word in GRAINS.items()]
        else:
            found.append((one.path, one.label))
    return found


def _line(about: Subject, one: Condition) -> Line:
    fields = [("", gettext("Filter by …")), *((field.path, field.label) for field in _filterable(about))]
    field = about.fields.get(one.path)
    values: list[Choice] = []
    if field is not None and field.kind == "yes":
        values = _options([("1", gettext("Yes")), ("0", gettext("No"))], one.value)
    elif field is not None and field.values:
        values = _options([("", gettext("Not known")), *field.values.items()], one.value)
    typed, units = _amount(one.value) if field is not None and field.unit in MONEY else (one.value, [])
    return Line(
        fields=_options(fields, one.path), operators=_options(_operators(field), one.op), value=typed,
        values=values, needs_value=one.op not in ("filled", "empty"), path=one.path, units=units,
    )  # fmt: skip


def _amount(value: str) -> tuple[str, list[Choice]]:
    """The number of an amount as typed, and the units beside it; a bare one that was kept is in the smallest unit."""
    try:
        amount = read_amount(value)
    except AmountError:
        amount = Amount(Decimal(0), "")
    usual = workspace.text("default_currency")
    toman = formats.in_toman(RIAL)
    units: list[tuple[str, object]] = [(TOMAN, formats.unit_word(RIAL))] if toman else []
    units += [(RIAL, currency_of(RIAL).word)]
    units += [(code, formats.unit_word(code)) for code in CURRENCIES if code != RIAL]
    if value and not amount.unit:
        return value, _options([("", gettext("the smallest unit")), *units], "")
    chosen = amount.unit or (TOMAN if usual == RIAL and toman else usual)
    plain = amount.value.normalize()
    text = formats.number(plain, max(0, -int(plain.as_tuple().exponent))) if value else ""
    return text, _options(units, chosen if chosen in dict(units) else RIAL)


def _filterable(about: Subject) -> list[Field]:
    return sorted([*about.dimensions, *about.numbers], key=lambda field: (field.path.count("."), field.label))


def _operators(field: Field | None) -> list[tuple[str, object]]:
    without = () if field is None or field.kind not in ("text", "yes") else ("more", "less")
    return [(key, word) for key, word in OPERATORS.items() if key not in without]


def starts(actor: Actor) -> list[tuple[str, str]]:
    """Questions to begin with, as (words, address)."""
    base = reverse("reports:build")
    offered = [
        (_("Revenue, month by month"), {"fact": "orders", "m": "orders.revenue", "r": "placed_at:month"}),
        (_("Best-selling products"),
         {"fact": "order_lines", "m": "lines.revenue", "r": "product_id.name", "top": "10"}),
        (_("Customers by city"), {"fact": "customers", "m": "customers.all", "r": "city", "top": "10"}),
        (_("Contacts by channel"), {"fact": "interactions", "m": "interactions.all", "r": "channel"}),
        (_("Visits, week by week"), {"fact": "visits", "m": "visits.all", "r": "started_at:week"}),
    ]  # fmt: skip
    may = {one.fact.name: one for one in catalogue.subjects(actor)}
    return [
        (str(words), f"{base}?{urlencode(query)}")
        for words, query in offered
        if query["fact"] in may and query["r"].partition(":")[0] in may[query["fact"]].fields
    ]
