"""Whom the rows of a file mean, where they speak of customers who are known already: by code, e-mail or phone."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet

from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.identifiers import IdentifierError
from peyvand.foundation.text.keys import clean
from peyvand.foundation.transfer.shapes import Row, Writer
from peyvand.memory.customers.keys import identity_key
from peyvand.memory.customers.models import Customer, Identity, IdentityKind

SYSTEM = "shop"  # whose customer numbers a column of codes holds, as in the import of orders
NO_ADDRESS = "customers.no_address"
NOBODY = "customers.nobody"
SEVERAL = "customers.several"
NOT_YOURS = "customers.not_yours"
KEYS = (("code", IdentityKind.EXTERNAL), ("email", IdentityKind.EMAIL), ("phone", IdentityKind.PHONE))


def known_ids(
    *, actor: Actor, rows: Sequence[Row], writer: Writer, reach: QuerySet[Customer]
) -> list[tuple[Row, int]]:  # fmt: skip
    """The rows that mean one known customer whom the actor may write of (`reach`), with their ids.

    The writer notes of the others why they are left out: nobody, several, or somebody beyond one's reach.
    """
    keys: dict[str, set[str]] = {}
    named = [(row, _keys(row)) for row in rows]
    for _row, of_row in named:
        for kind, key in of_row:
            keys.setdefault(kind, set()).add(key)
    owners: dict[tuple[str, str], set[int]] = {}
    for kind, wanted in keys.items():
        system = {"system": SYSTEM} if kind == IdentityKind.EXTERNAL else {}
        rows_of = Identity.objects.filter(demo=actor.demo, kind=kind, key__in=wanted, **system)
        for key, pk in rows_of.values_list("key", "customer_id"):
            owners.setdefault((kind, key), set()).add(pk)
    everybody = {pk for of_key in owners.values() for pk in of_key}
    mine = set(reach.filter(pk__in=everybody).values_list("pk", flat=True))
    found: list[tuple[Row, int]] = []
    for row, of_row in named:
        meant = next((owners[at] for at in of_row if at in owners), set())
        if not of_row:
            writer.skip(row, NO_ADDRESS)
        elif not meant:
            writer.skip(row, NOBODY)
        elif len(meant) > 1:
            writer.skip(row, SEVERAL)
        elif not meant & mine:
            writer.skip(row, NOT_YOURS)
        else:
            found.append((row, next(iter(meant))))
    return found


def _keys(row: Row) -> list[tuple[str, str]]:
    """By what a row names its customer, the surest first."""
    found = []
    for column, kind in KEYS:
        value = clean(str(row.values.get(column, "")))
        if value:
            try:
                found.append((kind.value, identity_key(kind, value)))
            except IdentifierError:
                continue
    return found
