"""A person's data from another installation, as its export gave them: brought in again, row by row.

Rows keep their ids where those are free, as in an empty installation, and get new ones otherwise; what they refer to
(tags, purposes, products, organisations) is found by its name or made. The database checks every row as it checks all
others, and computes what it computes of all others. Who of us did what there stays there.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import Model
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from peyvand.events.customers import CustomersCreated
from peyvand.foundation.changes.graph import Reference, parents_first, references
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.files import services as files
from peyvand.foundation.files.declarations import FilePurpose
from peyvand.foundation.outbox.services import publish
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Beside, PersonalTable
from peyvand.foundation.registry.registry import registry
from peyvand.memory.customers import access as customers_access
from peyvand.memory.customers.models import EXCLUSIVE_KINDS, CustomerKind, Identity
from peyvand.memory.privacy.suppression import suppressed
from peyvand.memory.privacy.tables import PERSONS, model_of

FORMAT = 2
LARGEST = 512 * 2**20  # bytes of data.json
Row = dict[str, Any]


class CarryError(ValueError):
    """The data can't be brought in; `str()` says why."""


@dataclass(frozen=True)
class Carried:
    """What was brought in: the customer's id here, rows by table, rows by table that mean nothing without others."""

    customer_id: int
    change_set_id: int
    rows: Mapping[str, int]
    left_out: Mapping[str, int]


@dataclass
class _Work:
    """One bringing-in: ids there and here, by table."""

    actor: Actor
    packed: zipfile.ZipFile | None
    files: Mapping[int, Row]
    ids: dict[str, dict[int, int]] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)
    keys: dict[str, dict[str, Reference]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for key in references():
            self.keys.setdefault(key.table, {})[key.column] = key


def person_bring_in(*, actor: Actor, path: Path, again: bool = False) -> Carried:
    """Bring in a person from an export (the zip, or its data.json), in one change set that undo takes back.

    `again`: also somebody who was erased here. Raises NotAllowed and CarryError.
    """
    actor.require(customers_access.IMPORT)
    actor.require(customers_access.EDIT)
    data, packed = _read(path)
    tables, besides = _tables(data, "tables"), _tables(data, "beside")
    person = _person(data, tables)
    _refuse_known(actor, tables, again=again)
    described = _tables({"files": {"files": data.get("files", [])}}, "files")["files"]
    work = _Work(actor, packed, {row["id"]: row for row in described})
    try:
        with (
            transaction.atomic(),
            change_set(actor=actor, kind="import", title=gettext("A person from another installation")) as made,
        ):
            _besides(work, besides)
            _own(work, tables, person["id"])
            here = work.ids[PERSONS][person["id"]]
            publish(CustomersCreated(customer_ids=(here,), source="import", demo=actor.demo), actor=actor)
    except IntegrityError as error:
        raise CarryError(_("Something of this person is here already; nothing was brought in.")) from error
    except (DataError, ValidationError, TypeError, ValueError, KeyError) as error:
        if isinstance(error, CarryError):
            raise
        raise CarryError(_("A value in the file can't be kept; nothing was brought in.")) from error
    finally:
        if packed is not None:
            packed.close()
    return Carried(here, made.pk, work.rows, work.left_out)


# ── reading ───────────────────────────────────────────────────────────────


def _read(path: Path) -> tuple[Mapping[str, Any], zipfile.ZipFile | None]:
    packed: zipfile.ZipFile | None = None
    try:
        if zipfile.is_zipfile(path):
            packed = zipfile.ZipFile(path)
            if packed.getinfo("data.json").file_size > LARGEST:
                raise CarryError(_("The file is too large to hold one person."))
            text = packed.read("data.json")
        else:
            if path.stat().st_size > LARGEST:
                raise CarryError(_("The file is too large to hold one person."))
            text = path.read_bytes()
        data = json.loads(text)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        if isinstance(error, CarryError):
            raise
        raise CarryError(_("This is not an export of one person.")) from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise CarryError(_("This is not an export of one person, or of an older version."))
    return data, packed


def _tables(data: Mapping[str, Any], name: str) -> dict[str, list[Row]]:
    found = data.get(name)
    if not isinstance(found, dict):
        raise CarryError(_("This is not an export of one person."))
    for rows in found.values():
        if not isinstance(rows, list) or not all(isinstance(row, dict) and type(row.get("id")) is int for row in rows):
            raise CarryError(_("This is not an export of one person."))
    return found


def _person(data: Mapping[str, Any], tables: Mapping[str, Sequence[Row]]) -> Row:
    rows = tables.get(PERSONS, [])
    if len(rows) != 1 or rows[0]["id"] != data.get("customer") or rows[0].get("kind") != CustomerKind.PERSON:
        raise CarryError(_("This is not an export of one person."))
    return rows[0]


def _refuse_known(actor: Actor, tables: Mapping[str, Sequence[Row]], *, again: bool) -> None:
    keys = {(str(row.get("kind")), str(row.get("key"))) for row in tables.get(Identity._meta.db_table, ())}
    if not again and suppressed(actor=actor, keys=keys):
        raise CarryError(_("Somebody with this address was erased here. They are brought in only if you say so."))
    for kind, key in sorted(keys):
        if kind in EXCLUSIVE_KINDS and Identity.objects.filter(demo=actor.demo, kind=kind, key=key).exists():
            raise CarryError(_("Somebody with this code or card is here already; nothing was brought in."))


# ── writing ───────────────────────────────────────────────────────────────


def _besides(work: _Work, besides: Mapping[str, Sequence[Row]]) -> None:
    """What the person's rows refer to: found here by its name, or made."""
    declared = {one.name: one for one in registry.all(Beside)}
    for name in parents_first([name for name in besides if name in declared], references()):
        one, model = declared[name], model_of(name)
        for row in besides[name]:
            if one.where is not None and row.get(one.where[0]) != one.where[1]:
                continue
            values = _values(work, name, row, only=one.columns)
            if values is None:
                continue
            known = {column: values[column] for column in one.by}
            found = model._default_manager.filter(**known).values_list("pk", flat=True).first()
            if found is None:
                _number(work, model, [row])
                made = model(**{**values, "id": work.ids[name][row["id"]]})
                made.save(force_insert=True)
                found = made.pk
                work.rows[name] = work.rows.get(name, 0) + 1
                _advance(model)
            work.ids.setdefault(name, {})[row["id"]] = found


def _own(work: _Work, tables: Mapping[str, Sequence[Row]], person_id: int) -> None:
    """The person's rows, wholes before parts."""
    declared = {one.name: one for one in registry.all(PersonalTable) if one.carried}
    for name in parents_first([name for name in tables if name in declared], references()):
        table, model = declared[name], model_of(name)
        rows = sorted(tables[name], key=lambda row: row["id"])
        _number(work, model, rows)
        made: list[Model] = []
        for row in rows:
            if table.via is None and name != PERSONS and row.get(table.person) != person_id:
                raise CarryError(_("This is not an export of one person."))
            values = _values(work, name, row, files_of=table.files)
            if values is None:
                work.left_out[name] = work.left_out.get(name, 0) + 1
                continue
            for column in table.computed:
                values.pop(column, None)
            for column, kind in table.columns.items():
                if kind == "staff" and column.endswith("_id") and column in values:
                    values[column] = None  # our people are others
            made.append(model(**values))
        model._default_manager.bulk_create(made, batch_size=1000)
        work.rows[name] = work.rows.get(name, 0) + len(made)
        _advance(model)


def _number(work: _Work, model: type[Model], rows: Sequence[Row]) -> None:
    """The ids that the rows get here: their own where those are free."""
    wanted = [row["id"] for row in rows]
    taken = set(model._default_manager.filter(pk__in=wanted).values_list("pk", flat=True))
    given = work.ids.setdefault(model._meta.db_table, {})
    for row_id in wanted:
        given[row_id] = _next(model) if row_id in taken or not 0 < row_id < 2**62 else row_id


def _next(model: type[Model]) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [model._meta.db_table])
        return int(cursor.fetchone()[0])


def _advance(model: type[Model]) -> None:
    """Ids that were taken are not given out again."""
    query = sql.SQL(
        "SELECT setval(pg_get_serial_sequence(%s, 'id'), greatest((SELECT max(id) FROM {table}), "
        "(SELECT last_value FROM {sequence})))"
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [model._meta.db_table])
        sequence = sql.SQL(cursor.fetchone()[0])
        table = sql.Identifier(model._meta.db_table)
        cursor.execute(query.format(table=table, sequence=sequence), [model._meta.db_table])


def _values(
    work: _Work, name: str, row: Row, *, only: Sequence[str] = (), files_of: Sequence[str] = ()
) -> dict[str, Any] | None:
    """What the model gets for a row; None where something that it can't be without is not here."""
    values: dict[str, Any] = {}
    for column in model_of(name)._meta.local_concrete_fields:
        attribute = str(column.attname)
        if attribute not in row or (only and attribute not in only):
            continue
        value = row[attribute]
        if attribute == "id":
            value = work.ids.get(name, {}).get(row["id"], row["id"])
        elif attribute == "demo":
            value = work.actor.demo
        elif attribute in files_of:
            value = _file(work, value)
        elif (key := work.keys.get(name, {}).get(attribute)) is not None:
            value = work.ids.get(key.target, {}).get(value) if value is not None else None
        elif attribute == "source_id" and value is not None:
            value = work.ids.get(str(row.get("source_kind", "")).replace(".", "_"), {}).get(value, value)
        elif attribute == "dedupe_key" and value is not None and _is_taken(work, name, value):
            value = None
        if value is None and not column.null:
            return None
        values[attribute] = column.to_python(value) if value is not None else None
    return values


def _is_taken(work: _Work, name: str, key: str) -> bool:
    """Whether such a contact is here already, so that the same id of another installation does not stand for it."""
    return model_of(name)._default_manager.filter(demo=work.actor.demo, dedupe_key=key).exists()


def _file(work: _Work, file_id: int | None) -> int | None:
    """A stored file kept anew, from the zip; None where the zip has none of that id."""
    if file_id is None or work.packed is None:
        return None
    prefix = f"files/{file_id}-"
    name = next((entry for entry in work.packed.namelist() if entry.startswith(prefix)), None)
    if name is None:
        return None
    told = work.files.get(file_id, {})
    purpose = str(told.get("purpose", ""))
    with work.packed.open(name) as stream:
        kept = files.keep(
            actor=work.actor, name=str(told.get("name") or name.removeprefix(prefix)), stream=stream,
            content_type=str(told.get("content_type") or "application/octet-stream"),
            purpose=purpose if registry.has(FilePurpose, purpose) else "",
        )  # fmt: skip
    return kept.pk
