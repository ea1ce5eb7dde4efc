"""Verbs on customers whom other systems know by a code."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import transaction

from peyvand.events.customers import CustomersCreated
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.outbox.services import publish
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.identifiers import IdentifierError
from peyvand.foundation.text.keys import clean
from peyvand.memory.customers.data import ExternalCustomer
from peyvand.memory.customers.keys import NAME_LENGTH, identity_key, name_of
from peyvand.memory.customers.models import Identity, IdentityKind
from peyvand.memory.customers.writing import NewCustomer, NewIdentity, insert_customers, lock_codes


def customers_by_external(*, actor: Actor, system: str, keys: Collection[str]) -> dict[str, int]:
    """Customer ids by the code that `system` has for them; codes that nobody has are left out. Sees all customers."""
    wanted: dict[str, list[str]] = {}
    for given in keys:
        try:
            wanted.setdefault(identity_key(IdentityKind.EXTERNAL, given), []).append(given)
        except IdentifierError:
            continue
    found = Identity.objects.filter(
        demo=actor.demo, kind=IdentityKind.EXTERNAL, system=system, key__in=list(wanted)
    ).values_list("key", "customer_id")
    return {given: customer_id for key, customer_id in found for given in wanted[key]}


def customers_ensure_external(*, actor: Actor, system: str, rows: Sequence[ExternalCustomer]) -> dict[str, int]:
    """Customer ids by code, making in one go those who are missing; a known customer is not changed.

    Codes that are empty are left out. Phones and e-mails that can't be read are dropped. The caller checks the right to
    import; this joins its change set.
    """
    with transaction.atomic():
        lock_codes(demo=actor.demo)
        found = customers_by_external(actor=actor, system=system, keys=[row.key for row in rows])
        fresh: dict[str, ExternalCustomer] = {}
        for row in rows:
            if row.key not in found:
                try:
                    fresh.setdefault(identity_key(IdentityKind.EXTERNAL, row.key), row)
                except IdentifierError:
                    continue
        if fresh:
            with change_set(actor=actor, kind="import", title=system):
                made = [_new(row, key=key, system=system) for key, row in fresh.items()]
                ids = insert_customers(demo=actor.demo, rows=made)
                publish(CustomersCreated(customer_ids=tuple(ids), source=system, demo=actor.demo), actor=actor)
            found = customers_by_external(actor=actor, system=system, keys=[row.key for row in rows])
    return found


def _new(row: ExternalCustomer, *, key: str, system: str) -> NewCustomer:
    name = name_of(kind=row.kind, name=row.name)
    identities = [NewIdentity(IdentityKind.EXTERNAL, system, clean(row.key), key)]
    for kind, value in ((IdentityKind.PHONE, row.phone), (IdentityKind.EMAIL, row.email)):
        if value:
            try:
                identities.append(NewIdentity(kind, "", value, identity_key(kind, value), is_primary=True))
            except IdentifierError:
                continue
    return NewCustomer(
        kind=row.kind,
        name=(name.name or clean(row.key))[:NAME_LENGTH],
        honorific=name.honorific[:60],
        given_name=name.given[:120],
        family_name=name.family[:120],
        city=clean(row.city)[:120],
        country=clean(row.country)[:120],
        source=system,
        identities=identities,
    )
