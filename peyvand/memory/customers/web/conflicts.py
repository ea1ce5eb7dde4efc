"""Two people over one record: what the form began with, what stands now, what was typed, put side by side.

The form carries what it began with (`base`). A field that only the other one has changed is taken over; one that only
this one has changed stays as typed; where both have, both are shown and one is chosen. So nothing that either typed is
lost, and nothing is written over unseen.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext

from peyvand.foundation.fields.kinds import shown, typed, value_of
from peyvand.foundation.ui.formats import day
from peyvand.memory.customers.errors import ConflictError
from peyvand.memory.customers.keys import identity_key
from peyvand.memory.customers.models import Customer, IdentityKind
from peyvand.memory.customers.web.forms import CustomerForm, IdentityRow

TAKE = "take-"
LINES = "identity-"  # of the choices over lines of identities
LONGEST = 200_000
Plain = dict[str, Any]  # what can be compared and carried as JSON


@dataclass(frozen=True)
class State:
    """A record as a form shows it: fields by name, tags, the parent, the lines of identities by id."""

    values: Plain
    tags: tuple[str, ...]
    parent: int | None
    rows: Mapping[int, list[str]]

    def text(self) -> str:
        """As the form carries it."""
        return json.dumps(
            {"values": self.values, "tags": self.tags, "parent": self.parent, "rows": self.rows}, ensure_ascii=False
        )


def state_of(customer: Customer, form: CustomerForm, *, tags: Sequence[str], rows: Sequence[IdentityRow]) -> State:
    """A record as it stands."""
    custom = {one.name: customer.custom.get(one.key) for one in form.custom}
    names = [name for name in form.fields if name not in custom and name != "tags"]
    return State(
        values={**{name: _plain(getattr(customer, name)) for name in names}, **custom},
        tags=tuple(tags),
        parent=customer.parent_id,
        rows={row.id: row.plain for row in rows if row.id is not None},
    )


def typed_state(form: CustomerForm, *, parent: int | None, rows: Sequence[IdentityRow]) -> State:
    """What was typed, of a form that is in order."""
    return State(
        values={name: _plain(value) for name, value in form.cleaned_data.items() if name != "tags"},
        tags=tuple(form.values()["tags"]),
        parent=parent,
        rows={row.id: row.plain for row in rows if row.id is not None},
    )


def base_of(text: str) -> State | None:
    """What a form said that it began with; None where that can't be read."""
    try:
        found = json.loads(text[:LONGEST])
        return State(
            values=dict(found["values"]),
            tags=tuple(str(one) for one in found["tags"]),
            parent=found["parent"],
            rows={int(key): [str(part) for part in row] for key, row in found["rows"].items()},
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def chosen_theirs(post: Mapping[str, Any]) -> set[str]:
    """The fields of which the other one's value was chosen."""
    return {name.removeprefix(TAKE) for name, value in post.items() if name.startswith(TAKE) and value == "theirs"}


def changes_of(form: CustomerForm, mine: State, base: State | None, *, theirs: set[str]) -> dict[str, Any]:
    """What the verb is told: the fields that were changed in the form; all where it isn't known what it began with."""
    values = form.values()
    if base is None:
        return {**values, "parent_id": mine.parent}
    touched = {name for name, value in mine.values.items() if value != base.values.get(name)} - theirs
    keys = {one.name: one.key for one in form.custom}
    found = {name: values[name] for name in touched if name not in keys}
    custom = {keys[name]: values["custom"][keys[name]] for name in touched if name in keys}
    if custom:
        found["custom"] = custom
    if mine.tags != base.tags:
        found["tags"] = list(mine.tags)
    if mine.parent != base.parent and "parent" not in theirs:
        found["parent_id"] = mine.parent
    return found


@dataclass(frozen=True)
class Difference:
    """A place where the other one changed something. `choice` names the choice where both did, "" where none is due."""

    label: str
    before: str
    theirs: str
    yours: str = ""
    choice: str = ""


@dataclass(frozen=True)
class Meeting:
    """What a form shows after a conflict: who was quicker, what differs, and the form as it goes on."""

    by: str
    differences: list[Difference]
    initial: dict[str, Any]
    rows: list[IdentityRow]
    parent: int | None


def meet(
    error: ConflictError, form: CustomerForm, *, base: State | None, now: State, mine: State, rows: list[IdentityRow],
    initial: Mapping[str, Any], name_of: Callable[[int | None], str],
) -> Meeting:  # fmt: skip
    """Put three states together; `initial` is the record as it stands, `name_of` the name of an organisation by id."""
    start = base if base is not None else now
    told: list[Difference] = []
    merged = dict(initial)
    for name, value in mine.values.items():
        before, theirs = start.values.get(name), now.values.get(name)
        touched = value != before if base is not None else value != theirs
        if touched:
            merged[name] = _typed(form, name, value)
        if theirs != before or (base is None and touched):
            words = [_said(form, name, one) for one in (before, theirs, value)]
            clash = touched and value != theirs
            told.append(
                Difference(_label(form, name), words[0], words[1], words[2] if clash else "", name if clash else "")
            )
    comma = gettext(", ")
    tags = [*now.tags, *(one for one in mine.tags if one not in start.tags and one not in now.tags)]
    dropped = [one for one in start.tags if one not in mine.tags]
    merged["tags"] = comma.join(one for one in tags if one not in dropped)
    if now.tags != start.tags:
        yours = comma.join(mine.tags) if mine.tags != start.tags else ""
        told.append(Difference(gettext("Tags"), comma.join(start.tags), comma.join(now.tags), yours))
    parent = mine.parent if mine.parent != start.parent else now.parent
    if now.parent != start.parent:
        clash = mine.parent not in (start.parent, now.parent)
        yours = name_of(mine.parent) if clash else ""
        label = gettext("Parent organisation")
        told.append(
            Difference(label, name_of(start.parent), name_of(now.parent), yours, "parent" if clash else "")
        )  # fmt: skip
    lines, of_lines = _lines(start, now, rows)
    return Meeting(error.by or gettext("Somebody"), told + of_lines, merged, lines, parent)


def _lines(base: State, now: State, rows: Sequence[IdentityRow]) -> tuple[list[IdentityRow], list[Difference]]:
    """The lines of identities as they go on, and what the other one did to them."""
    told: list[Difference] = []
    kept: list[IdentityRow] = []
    gone = gettext("removed")
    shown_ids = {row.id for row in rows}
    for row in rows:
        before, theirs = base.rows.get(row.id or 0), now.rows.get(row.id or 0)
        if row.id is None or before is None:
            if row.id is None and not any(_alike(row, other) for other in now.rows.values()):
                kept.append(row)
            continue
        touched = row.plain != before
        label = str(IdentityKind(before[0]).label) if before[0] in IdentityKind.values else before[0]
        if theirs is None:
            if touched and row.value:
                kept.append(replace(row, id=None))
            told.append(Difference(label, before[1], gone, row.value if touched else ""))
            continue
        kept.append(row if touched else _row(theirs, row.id))
        if theirs != before:
            clash = touched and row.plain != theirs
            yours = (_words(row.plain) if row.value else gone) if clash else ""
            told.append(Difference(label, _words(before), _words(theirs), yours, f"{LINES}{row.id}" if clash else ""))
    for pk, theirs in now.rows.items():
        if pk not in base.rows and pk not in shown_ids:
            kept.append(_row(theirs, pk))
            label = str(IdentityKind(theirs[0]).label) if theirs[0] in IdentityKind.values else theirs[0]
            told.append(Difference(label, "", _words(theirs)))
    return kept, told


def _row(plain: Sequence[str], pk: int | None) -> IdentityRow:
    kind, value, system, label = plain
    return IdentityRow(kind, value, system, label, pk)


def _alike(row: IdentityRow, other: Sequence[str]) -> bool:
    """Whether a new line says what stands already."""
    try:
        return row.kind == other[0] and identity_key(row.kind, row.value) == identity_key(other[0], other[1])
    except ValueError:
        return False


def _words(row: Sequence[str]) -> str:
    _kind, value, system, label = row
    more = gettext(", ").join(filter(None, (system, label)))
    return f"{value} ({more})" if more else value


def _label(form: CustomerForm, name: str) -> str:
    return str(form.fields[name].label)


def _said(form: CustomerForm, name: str, value: Any) -> str:
    """A plain value as its reader reads it."""
    custom = {one.name: one for one in form.custom}
    if name in custom:
        return shown(custom[name], value_of(custom[name], value))
    if name == "birth_date" and value:
        return day(date.fromisoformat(value))
    choices = dict(getattr(form.fields[name], "choices", ()))
    return str(choices.get(value, value)) if value not in ("", None) else ""


def _typed(form: CustomerForm, name: str, value: Any) -> Any:
    """A plain value as a form begins with it."""
    custom = {one.name: one for one in form.custom}
    if name in custom:
        return typed(custom[name], value_of(custom[name], value))
    return date.fromisoformat(value) if name == "birth_date" and value else value
