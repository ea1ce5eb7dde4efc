"""A person's data as people read them: one page, in Persian or English, to be read, kept and printed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import DateField, DateTimeField, DecimalField, Field
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from peyvand.foundation.money.amounts import Money
from peyvand.foundation.money.currencies import is_currency
from peyvand.foundation.registry.declarations import PersonalTable
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.ui import formats
from peyvand.foundation.ui.reader import ENGLISH, PERSIAN, current_reader, use_reader
from peyvand.memory.interactions.declarations import InteractionKind
from peyvand.memory.privacy.tables import PERSONS, model_of
from peyvand.memory.privacy.words import UNSEEN, word_of

SHOWN = ("identifying", "descriptive", "content")
LANGUAGES = ("fa", "en")
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Line:
    """A value with what it is called."""

    label: str
    value: str
    long: bool = False


@dataclass(frozen=True)
class Entry:
    """A row; `files` are paths of the zip."""

    lines: Sequence[Line]
    files: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Section:
    """The rows of a table under its name."""

    label: str
    entries: Sequence[Entry]


@dataclass(frozen=True)
class Earlier:
    """What stood somewhere before it was changed or deleted."""

    at: str
    label: str
    before: str
    after: str


def page_of(data: Mapping[str, Any], *, language: str, files: Mapping[int, tuple[str, str]]) -> str:
    """The page; `files` are the person's stored files, by id: path in the zip, name."""
    reads = PERSIAN if language == "fa" else ENGLISH
    with override(language), use_reader(replace(reads, tz=current_reader().tz)):
        person = data["tables"][PERSONS][0]
        context = {
            "name": person["name"],
            "made_at": formats.moment(datetime.fromisoformat(data["made_at"])),
            "sections": list(_sections(data, files)),
            "earlier": list(_earlier(data)),
            "language": language,
            "direction": reads.direction,
        }
        return render_to_string("privacy/copy.html", context)


def _sections(data: Mapping[str, Any], files: Mapping[int, tuple[str, str]]) -> Iterator[Section]:
    names = _names(data)
    for table in sorted(registry.all(PersonalTable), key=lambda one: one.order):
        rows = data["tables"].get(table.name, ())
        entries = [_entry(table, row, names, files) for row in rows]
        entries = [entry for entry in entries if entry.lines or entry.files]
        if entries:
            yield Section(str(table.label), entries)


def _names(data: Mapping[str, Any]) -> dict[tuple[str, int], str]:
    """What rows are called that others refer to: tags, purposes, products, organisations, orders by their number."""
    found: dict[tuple[str, int], str] = {}
    for table, rows in {**data["tables"], **data["beside"]}.items():
        for row in rows:
            persian = row.get("name_fa") or row.get("name_en")
            english = row.get("name_en") or row.get("name_fa")
            named = (persian if current_reader().language == "fa" else english) or row.get("name")
            said = named or row.get("text") or (row.get("number") if table == "commerce_order" else None)
            if said:
                found[table, row["id"]] = str(said)
    return found


def _entry(
    table: PersonalTable, row: Row, names: Mapping[tuple[str, int], str], files: Mapping[int, tuple[str, str]]
) -> Entry:
    fields = {str(field.column): field for field in model_of(table.name)._meta.local_concrete_fields}
    lines = []
    if table.name == "commerce_order":
        lines.append(Line(_("Number"), str(row.get("number", ""))))
    for column, kind in table.columns.items():
        value = row.get(column)
        label = word_of(table.name, column)
        if label is None or column in UNSEEN or value in (None, "", {}, []):
            continue
        if kind == "key":
            target = fields[column].related_model
            said = names.get((target._meta.db_table, value)) if target is not None else None
            if said:
                lines.append(Line(str(label), said, len(said) > LONG))
        elif kind in SHOWN and (said := _said(table.name, column, fields[column], row, value)):
            lines.append(Line(str(label), said, len(said) > LONG or "\n" in said))
    linked = [files[row[column]] for column in table.files if row.get(column) in files]
    return Entry(lines, linked)


LONG = 60  # letters of a value that gets a line of its own


def _said(table: str, column: str, field: Field[Any, Any], row: Row, value: Any) -> str:
    """A value as its reader reads it."""
    if table == "interactions_interaction" and column in ("kind", "payload"):
        return _of_interaction(column, row, value)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(field, DateTimeField):
        return formats.moment(datetime.fromisoformat(value))
    if isinstance(field, DateField):
        return formats.day(date.fromisoformat(value), "full")
    if column.endswith("_minor"):
        currency = row.get("currency") or row.get("cost_currency") or ""
        if is_currency(currency):
            return formats.money(Money(value, currency))
        return formats.number(value)
    if isinstance(field, DecimalField):
        return formats.number(Decimal(str(value)).normalize())
    if isinstance(value, int | float):
        return formats.number(Decimal(str(value)))
    if isinstance(value, dict | list):
        return _flat(value)
    return str(value)


def _of_interaction(column: str, row: Row, value: Any) -> str:
    name = row.get("kind", "")
    kind = registry.get(InteractionKind, name) if registry.has(InteractionKind, name) else None
    if column == "kind":
        return str(kind.label) if kind else str(value)
    text = value.get("text") if isinstance(value, dict) else ""
    return str(text) if text else _flat(value)


def _flat(value: Any, depth: int = 0) -> str:
    """What a document holds, a line each."""
    if isinstance(value, Mapping):
        return "\n".join(
            f"{name}: {_flat(one, depth + 1)}" for name, one in value.items() if one not in (None, "", {}, [])
        )
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(_flat(one, depth + 1) for one in value)
    return str(value) if not isinstance(value, bool) else json.dumps(value)


def _earlier(data: Mapping[str, Any]) -> Iterator[Earlier]:
    """What was changed in words that a person can read; the file data.json has all of it."""
    declared = {one.name: one for one in registry.all(PersonalTable)}
    for change in data["history"]:
        table = declared.get(change["table"])
        if table is None or change["op"] == "I":
            continue
        fields = {str(field.column): field for field in model_of(table.name)._meta.local_concrete_fields}
        before, after = change["before"] or {}, change["after"] or {}
        for column in before:
            label = word_of(table.name, column)
            if label is None or column in UNSEEN or table.columns.get(column) not in SHOWN or column not in fields:
                continue
            was, now = (
                _said(table.name, column, fields[column], side, side[column])
                if side.get(column) not in (None, "", {}, [])
                else ""
                for side in (before, after)
            )
            if was and was != now:
                at = change["at"]
                moment = at if isinstance(at, datetime) else datetime.fromisoformat(at)
                yield Earlier(formats.moment(moment), f"{table.label} · {label}", was, now or "–")
