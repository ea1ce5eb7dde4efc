"""Erasing one person for good: their rows, what the trail remembers of them, their files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from psycopg import sql
from psycopg.sql import Identifier

from peyvand.events.customers import CustomersDeleted
from peyvand.foundation.changes.graph import parents_first, references
from peyvand.foundation.changes.services import change_set, images_erase
from peyvand.foundation.files import services as files
from peyvand.foundation.outbox.services import publish
from peyvand.foundation.registry.actor import Actor, system_actor
from peyvand.foundation.registry.declarations import Label, PersonalTable
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.text.keys import fa_key
from peyvand.memory.customers import queries as customers
from peyvand.memory.customers.models import Customer, CustomerKind, Identity
from peyvand.memory.customers.services import words_fold
from peyvand.memory.privacy import access
from peyvand.memory.privacy.models import Erasure
from peyvand.memory.privacy.suppression import suppress
from peyvand.memory.privacy.tables import ids_of, remembered_ids, rows_of

GONE = "…"  # what stands where the name was
SHORTEST = 3  # a text shorter than this is not looked for in titles: it would be found everywhere


class ErasureError(ValueError):
    """It can't be done as asked; `str()` says why."""


@dataclass(frozen=True)
class Line:
    """What would happen to a table's rows of the person: erase is delete, blank or keep."""

    label: Label
    rows: int
    erase: str


def person_preview(*, actor: Actor, customer_id: int) -> list[Line]:
    """What an erasure would reach, in the order of the rooms; nothing is written."""
    if not (actor.may(access.EXPORT) or actor.may(access.ERASE)):
        actor.require(access.EXPORT)
    person = customers.customer_get(actor=actor, id=customer_id)
    ids = ids_of(person.pk)
    declared = sorted(registry.all(PersonalTable), key=lambda table: table.order)
    return [Line(table.label, len(ids[table.name]), table.erase) for table in declared if ids[table.name]]


def person_erase(*, actor: Actor, customer_id: int, name: str) -> Mapping[str, int]:
    """Erase somebody, whose name the one who asks has typed; gives how many rows by table. It can't be undone.

    Rows go or lose what is theirs, as their rooms declare; so do their files, what the trail remembers of these rows,
    and their name in titles of the trail. Digests of their addresses stay (`suppression`), and that it was done
    (`Erasure`).
    Raises NotAllowed, Customer.DoesNotExist, ErasureError.
    """
    actor.require(access.ERASE)
    with transaction.atomic():
        person = Customer.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=customer_id)
        if person.kind != CustomerKind.PERSON:
            raise ErasureError(_("Only people are erased; an organisation is deleted."))
        if fa_key(name) != fa_key(person.name):
            raise ErasureError(_("The name is not theirs. Type it as it stands above."))
        texts = _texts_of(person)
        ids = ids_of(person.pk)
        remembered = remembered_ids(person.pk)
        kept_files = _files(ids)
        suppress(demo=actor.demo, keys=Identity.objects.filter(customer=person).values_list("kind", "key"))
        with change_set(actor=actor, kind="erase", title=gettext("A person was erased")):
            counts = _take_away(ids)
            publish(CustomersDeleted(customer_ids=(person.pk,), demo=actor.demo), actor=actor)
        words_fold()
        titles = _titles_without(texts, remembered)
        _problems_without(texts)
        images_erase(actor=actor, rows={**remembered, "changes_changeset": titles})
        Erasure.objects.create(
            demo=actor.demo, customer_id=customer_id, counts=counts, staff_id=actor.user_id, staff_name=actor.name
        )
        for file_id in kept_files:
            files.discard(actor=system_actor(demo=actor.demo), id=file_id)  # whoever of us brought it
    return counts


def _texts_of(person: Customer) -> list[str]:
    """By what the person could be named in a title."""
    addresses = Identity.objects.filter(customer=person).values_list("value", "key")
    found = {person.name, *(text for pair in addresses for text in pair)}
    return sorted((text for text in found if len(text) >= SHORTEST), key=len, reverse=True)


def _files(ids: Mapping[str, Sequence[int]]) -> list[int]:
    return sorted(
        {
            row[column]
            for table in registry.all(PersonalTable)
            if table.erase == "delete"
            for column in table.files
            for row in rows_of(table.name, ids[table.name])
            if row[column] is not None
        }
    )


def _take_away(ids: Mapping[str, Sequence[int]]) -> dict[str, int]:
    """Blank first, since what is kept may not point to what goes; then delete, parts before wholes."""
    declared = {table.name: table for table in registry.all(PersonalTable) if ids[table.name]}
    counts: dict[str, int] = {}
    with connection.cursor() as cursor:
        for table in declared.values():
            if table.erase == "blank" and table.blank:
                values = [
                    sql.SQL("{} = {}").format(Identifier(column), sql.SQL(value))
                    for column, value in table.blank.items()
                ]
                update = sql.SQL("UPDATE {} SET {} WHERE id = ANY(%s)")
                cursor.execute(
                    update.format(Identifier(table.name), sql.SQL(", ").join(values)), [list(ids[table.name])]
                )
                counts[table.name] = cursor.rowcount
        gone = [name for name, table in declared.items() if table.erase == "delete"]
        for name in reversed(parents_first(gone, references())):
            counts[name] = len(ids[name])
            if name == Customer._meta.db_table:
                Customer.objects.filter(pk__in=ids[name]).delete()  # with what refers to them from the other side
                continue
            query = sql.SQL("DELETE FROM {} WHERE id = ANY(%s)").format(Identifier(name))
            cursor.execute(query, [list(ids[name])])
    return counts


def _titles_without(texts: Sequence[str], rows: Mapping[str, Sequence[int]]) -> list[int]:
    """Take the person's name out of the titles of what was done to their rows; ids of the sets that had it."""
    changed: list[int] = []
    with connection.cursor() as cursor:
        for table, row_ids in rows.items():
            cursor.execute(
                "SELECT DISTINCT s.id, s.title FROM changes_changeset s "
                "JOIN changes_change c ON c.change_set_id = s.id WHERE c.table_name = %s AND c.row_id = ANY(%s)",
                [table, list(row_ids)],
            )
            for set_id, title in cursor.fetchall():
                plain = _without(title, texts)
                if plain != title:
                    cursor.execute("UPDATE changes_changeset SET title = %s WHERE id = %s", [plain, set_id])
                    changed.append(set_id)
    return sorted(set(changed))


def _without(title: str, texts: Sequence[str]) -> str:
    for text in texts:
        title = title.replace(text, GONE)
    return title


def _problems_without(texts: Sequence[str]) -> None:
    """Values of theirs that an import could not take."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM transfer_importproblem WHERE value = ANY(%s)", [list(texts)])


def erasures(*, actor: Actor) -> Any:
    """What was erased, newest first."""
    actor.require(access.ERASE)
    return Erasure.objects.filter(demo=actor.demo).order_by("-id")
