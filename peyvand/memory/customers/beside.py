"""What a line of a file says of a customer besides their own fields: where they work, and what is known under names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Protocol

from django.db import connection
from django.utils.translation import gettext_lazy as _

from peyvand.events.customers import CustomersCreated
from peyvand.foundation.fields.kinds import FieldKind
from peyvand.foundation.outbox.services import publish
from peyvand.foundation.registry.actor import Actor, Scope
from peyvand.foundation.registry.declarations import ImportColumn
from peyvand.foundation.text.keys import clean, fa_key
from peyvand.foundation.transfer.shapes import Problem, Row
from peyvand.memory.customers import access, traits
from peyvand.memory.customers.data import TraitRow
from peyvand.memory.customers.keys import NAME_LENGTH, search_key_of
from peyvand.memory.customers.models import Customer, CustomerKind
from peyvand.memory.customers.services.traits import IMPORT, trait_errors, traits_say
from peyvand.memory.customers.writing import NewCustomer, insert_customers

SEVERAL_FIRMS = "customers.several_firms"
NO_FIRM = "customers.no_firm"
BAD_TRAIT = "customers.bad_trait"
ROLE_LENGTH = 120
WORKS_AT = ImportColumn(
    "works_at", _("Works at"), "text",
    ("works at", "company", "employer", "organisation", "organization", "account", "شرکت", "سازمان", "محل کار",
     "نام شرکت"),
    icon="building",
)  # fmt: skip
ROLE = ImportColumn("role", _("Role there"), "text", ("role", "position", "نقش", "سمت در شرکت"), icon="id-badge-2")


class Importing(Protocol):
    """What is needed of the writer of an import."""

    actor: Actor
    problems: list[Problem]
    totals: dict[str, Any]


def said_of(writer: Importing, row: Row, made: NewCustomer) -> None:
    """Read these columns of a row; what can't be kept is noted."""
    made.line = row.number
    made.works_at = clean(str(row.values.get("works_at", "")))[:NAME_LENGTH]
    made.role = clean(str(row.values.get("role", "")))[:ROLE_LENGTH]
    for column, value in row.values.items():
        if not column.startswith(traits.PREFIX):
            continue
        name = column.removeprefix(traits.PREFIX)
        kept = value if isinstance(value, Decimal) else clean(str(value))
        if trait_errors(_trait(0, name, kept)):
            writer.problems.append(Problem(row.number, column, str(value)[:80], BAD_TRAIT, skipped=False))
        elif kept != "":
            made.traits[name] = kept


def _trait(customer_id: int, name: str, value: str | Decimal) -> TraitRow:
    if isinstance(value, Decimal):
        return TraitRow(customer_id, name, number=value)
    return TraitRow(customer_id, name, text=value)


# ── where people work ─────────────────────────────────────────────────────

_RELATE = """
INSERT INTO customers_relation AS kept (demo, person_id, organisation_id, role)
SELECT %s, r.person, r.organisation, r.role
  FROM unnest(%s::bigint[], %s::bigint[], %s::text[]) AS r (person, organisation, role)
ON CONFLICT (person_id, organisation_id) DO UPDATE SET role = excluded.role
 WHERE excluded.role <> '' AND kept.role <> excluded.role AND (kept.until IS NULL OR kept.until >= CURRENT_DATE)
RETURNING person_id
"""


def work_at(writer: Importing, rows: Mapping[int, NewCustomer], *, make: bool) -> set[int]:
    """Give people (by id) their place and role in the organisations that their rows name; gives whose changed.

    An organisation is known by its name among those that the actor sees; one that nobody knows is made, unless rows are
    only to change what is there. Of several with one name none is taken, and the row says so.
    """
    named = {pk: made for pk, made in rows.items() if made.works_at and made.kind == CustomerKind.PERSON}
    if not named:
        return set()
    keys = {search_key_of(made.works_at): made.works_at for made in named.values()}
    firms: dict[str, list[int]] = {}
    reach = Customer.objects.visible_to(writer.actor).filter(kind=CustomerKind.ORGANISATION, search_key__in=list(keys))
    for pk, key in reach.order_by("pk").values_list("pk", "search_key"):
        firms.setdefault(key, []).append(pk)
    if make:
        missing = {key: name for key, name in keys.items() if key not in firms and fa_key(name)}
        for key, pk in zip(missing, _made(writer, list(missing.values())), strict=True):
            firms[key] = [pk]
    placed = []
    for pk, made in named.items():
        found = firms.get(search_key_of(made.works_at), [])
        if len(found) == 1:
            placed.append((pk, found[0], made.role))
        else:
            reason = SEVERAL_FIRMS if found else NO_FIRM
            writer.problems.append(Problem(made.line, "works_at", made.works_at[:80], reason, skipped=False))
    if not placed:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_RELATE, [writer.actor.demo, *(list(column) for column in zip(*placed, strict=True))])
        return {pk for (pk,) in cursor.fetchall()}


def _made(writer: Importing, names: Sequence[str]) -> list[int]:
    if not names:
        return []
    own = min(writer.actor.scope(access.VIEW), writer.actor.scope(access.EDIT)) < Scope.ALL
    firms = [
        NewCustomer(
            kind=CustomerKind.ORGANISATION, name=name, source="import",
            owner_id=writer.actor.user_id if own else None,
        )
        for name in names
    ]  # fmt: skip
    writer.totals["organisations"] = writer.totals.get("organisations", 0) + len(firms)
    ids = insert_customers(demo=writer.actor.demo, rows=firms)
    made = CustomersCreated(customer_ids=tuple(ids), source="import", demo=writer.actor.demo)
    publish(made, actor=writer.actor)
    return ids


# ── what is known ─────────────────────────────────────────────────────────


def say(writer: Importing, rows: Mapping[int, NewCustomer]) -> set[int]:
    """Write what the rows say of customers (by id) under names; gives whose changed."""
    if not any(made.traits for made in rows.values()):
        return set()
    done = traits_say(actor=writer.actor, rows=_said(rows), source=IMPORT)
    return {*done.new, *done.changed}


def _said(rows: Mapping[int, NewCustomer]) -> Iterator[TraitRow]:
    for pk, made in rows.items():
        for name, value in made.traits.items():
            yield _trait(pk, name, value)


def trait_columns(actor: Actor) -> list[ImportColumn]:
    """A column for each name under which people say something."""
    return [
        ImportColumn(
            f"{traits.PREFIX}{one.name}", one.label,
            "decimal" if one.kind in (FieldKind.NUMBER, FieldKind.MONEY) else "text", (one.name,), icon="bulb",
        )
        for one in traits.names(actor=actor)
        if one.said
    ]  # fmt: skip
