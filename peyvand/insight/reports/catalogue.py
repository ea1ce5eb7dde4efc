"""What a report may be made of: the facts that the reader may see, their columns and those of the facts they lead to.

A field is named by its path: the columns that lead there and the column itself, joined by dots, as
"order_id.customer_id.city". Of a moment, a grain follows: "placed_at:month".
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from django.utils.translation import gettext

from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import WarehouseFact
from peyvand.foundation.registry.registry import registry
from peyvand.insight.reports import access
from peyvand.insight.reports.declarations import FactWords, Measure
from peyvand.insight.reports.sides import Side, sides_of
from peyvand.insight.warehouse.shapes import BIGINT, MOMENT, NUMERIC, shape_of

GRAINS = ("day", "week", "month", "season", "year")
PEOPLE = "customers"  # the fact whose columns tell of people
RECORD = "customer"  # under which their fields are hidden
DEEP = 3  # facts on the way to a column
BOOLEAN, DAY, INTEGERS = 16, 1082, (21, 23)
_KINDS = {NUMERIC: "number", BIGINT: "number", MOMENT: "moment", BOOLEAN: "yes", DAY: "day", 701: "number"}
NAME = "name"  # stands for name_fa and name_en, in the reader's language


@dataclass(frozen=True)
class Field:
    """A column that a report may use. `kind`: text, number, yes, day or moment. `owner` is the fact it stands in.

    `personal`: it tells of people, so small groups of it are folded for those who may not see everybody.
    """

    path: str
    kind: str
    label: str
    owner: str
    column: str
    personal: bool = False
    unit: str = "number"
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def timely(self) -> bool:
        """Whether it can be grouped by periods."""
        return self.kind in ("day", "moment")


@dataclass(frozen=True)
class Subject:
    """A fact that the reader may ask about: its fields by path, and its measures by id."""

    fact: WarehouseFact
    fields: Mapping[str, Field]
    measures: Mapping[str, Measure]
    words: FactWords
    people: str  # path of the customer's id; empty where rows have none

    @property
    def label(self) -> str:
        """Its name."""
        return str(self.fact.label)

    @property
    def dimensions(self) -> list[Field]:
        """What rows can be grouped and filtered by: the fact's own first."""
        found = [one for one in self.fields.values() if one.kind != "number"]
        return sorted(found, key=lambda one: (one.path.count("."), one.label))

    @property
    def numbers(self) -> list[Field]:
        """The fact's own numbers; those of other facts would be counted once a row here."""
        return [one for one in self.fields.values() if one.kind == "number" and "." not in one.path]

    @property
    def at(self) -> str:
        """The moment that a period asks about, where the reader may see one."""
        return self.words.at if self.words.at in self.fields else ""


@lru_cache(maxsize=64)
def _columns(name: str) -> tuple[tuple[str, int], ...]:
    """Columns of a fact with their types; they change only with the program."""
    shape = shape_of(registry.get(WarehouseFact, name), "UTC")
    return tuple((column.name, column.oid) for column in shape.columns)


def words_of(name: str) -> FactWords:
    """How a fact's columns are called."""
    return registry.get(FactWords, name) if registry.has(FactWords, name) else FactWords(name)


def may_ask(actor: Actor, fact: WarehouseFact) -> bool:
    """Whether numbers over a fact may be seen: of reports, and each right it needs, in any reach."""
    return actor.may(access.VIEW) and all(actor.may(name) for name in fact.needs)


def subjects(actor: Actor, wanted: Collection[str] = ()) -> list[Subject]:
    """Every fact that one may ask about, those with measures of their own first; of audiences as `subject`."""
    beside = list(sides_of(actor, _named(wanted))) if actor.may("customers.view") else []
    found = [_subject(actor, fact, beside) for fact in registry.all(WarehouseFact) if may_ask(actor, fact)]
    order = {name: place for place, name in enumerate(dict.fromkeys(one.fact for one in registry.all(Measure)))}
    return sorted(found, key=lambda one: (order.get(one.fact.name, 99), one.label))


def subject(actor: Actor, name: str, wanted: Collection[str] = ()) -> Subject | None:
    """The fact with what the reader may use of it; None where there is none for them. Of audiences only those that the
    `wanted` paths name are looked up.
    """
    if not registry.has(WarehouseFact, name):
        return None
    fact = registry.get(WarehouseFact, name)
    if not may_ask(actor, fact):
        return None
    return _subject(actor, fact, list(sides_of(actor, _named(wanted))) if actor.may("customers.view") else [])


def _named(paths: Collection[str]) -> set[str]:
    return {one.rpartition(".")[2] for one in paths}


def _subject(actor: Actor, fact: WarehouseFact, beside: Sequence[Side]) -> Subject:
    fields = {one.path: one for one in _fields(actor, fact, "", "", ())}
    words, people = words_of(fact.name), _people(fact, fields, actor)
    measures = {one.name: one for one in _measures(fact, words, fields)}
    if people:
        before = "" if fact.name == PEOPLE else people + "."
        for column, kind, label, values in beside:
            fields[before + column] = Field(before + column, kind, label, PEOPLE, column, personal=True, values=values)
    return Subject(fact=fact, fields=fields, measures=measures, words=words, people=people)


def _people(fact: WarehouseFact, fields: Mapping[str, Field], actor: Actor) -> str:
    if not actor.may("customers.view"):
        return ""
    if fact.name == PEOPLE:
        return fact.key
    found = sorted(ways(fact), key=lambda one: one[0].count("."))
    return next((path for path, target in found if target == PEOPLE), "")


def ways(fact: WarehouseFact) -> Iterator[tuple[str, str]]:
    """Paths from the fact to others, each with the fact it leads to."""
    return _ways(fact, "", ())


def _ways(fact: WarehouseFact, before: str, seen: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for column, name in fact.leads.items():
        if name == fact.name or name in seen or len(seen) >= DEEP or not registry.has(WarehouseFact, name):
            continue
        yield before + column, name
        yield from _ways(registry.get(WarehouseFact, name), f"{before}{column}.", (*seen, fact.name))


def _fields(actor: Actor, fact: WarehouseFact, before: str, said: str, seen: tuple[str, ...]) -> Iterator[Field]:
    words, columns = words_of(fact.name), dict(_columns(fact.name))
    named = {"name_fa", "name_en"} <= set(columns)
    if named:
        yield Field(before + NAME, "text", _label(said, words, fact, NAME), fact.name, NAME)
    for column, oid in columns.items():
        if column in (fact.key, "demo", *words.left_out) or (named and column in ("name_fa", "name_en")):
            continue
        if column.endswith("_id") or (oid == BIGINT and column not in fact.columns):
            continue
        if fact.name == PEOPLE and (actor.hides(f"{RECORD}.{column}")):
            continue
        values = {key: str(word) for key, word in words.values.get(column, {}).items()}
        yield Field(
            path=before + column, kind="number" if oid in INTEGERS else _KINDS.get(oid, "text"),
            label=_label(said, words, fact, column), owner=fact.name, column=column, personal=fact.name == PEOPLE,
            unit=_unit(words, column), values=values,
        )  # fmt: skip
    for column, name in fact.leads.items():
        if name == fact.name or name in seen or len(seen) >= DEEP or not registry.has(WarehouseFact, name):
            continue
        other = registry.get(WarehouseFact, name)
        if may_ask(actor, other):
            lead = str(words.columns.get(column, other.label))
            yield from _fields(actor, other, f"{before}{column}.", lead, (*seen, fact.name))


def _label(said: str, words: FactWords, fact: WarehouseFact, column: str) -> str:
    label = str(words.columns.get(column) or fact.columns.get(column, column))
    return label if not said or said == label else gettext("%(of)s: %(field)s") % {"of": said, "field": label}


def _unit(words: FactWords, column: str) -> str:
    if column.endswith("_minor"):
        return "minor"
    whole = words.name in ("order_lines",) and column in ("unit_price", "discount", "amount", "tax", "net", "unit_cost",
                                                          "cost")  # fmt: skip
    return "whole" if whole else "number"


def _measures(fact: WarehouseFact, words: FactWords, fields: Mapping[str, Field]) -> Iterator[Measure]:
    """Those that were declared, then what can be made of any number of the fact itself."""
    declared = sorted((one for one in registry.all(Measure) if one.fact == fact.name), key=lambda one: one.order)
    usable = {one.name for one in declared if _usable(one, fields, fact)}
    for one in declared:
        if one.name in usable and all(part in usable for part in one.over):
            yield one
    yield Measure("count", gettext("Number of rows"), fact.name, "count", gettext("Every row of the fact counts"))
    for number in (one for one in fields.values() if one.kind == "number" and "." not in one.path):
        currency = words.money if number.unit in ("minor", "whole") else ""
        unit = number.unit if currency or number.unit == "number" else "number"
        for op, label in (
            ("sum", gettext("Sum of %(field)s")), ("mean", gettext("Mean of %(field)s")),
            ("min", gettext("Smallest %(field)s")), ("max", gettext("Largest %(field)s")),
        ):  # fmt: skip
            said = label % {"field": number.label}
            yield Measure(
                f"{op}:{number.path}", said, fact.name, op, gettext("Over every row of the fact, cancelled ones too"),
                number.path, unit=unit, currency=currency,
            )  # fmt: skip


def _usable(measure: Measure, fields: Mapping[str, Field], fact: WarehouseFact) -> bool:
    """Whether the reader may see all that it is made of."""
    paths = [path for path, _op, _value in measure.where if "." in path]
    return all(path in fields for path in paths)
