"""What a merge does to the tables of this room; the merge itself is a verb of `memory.matching`, which decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.utils import timezone

from peyvand.memory.customers.checking import ancestors, lock_parents
from peyvand.memory.customers.keys import search_key_of, sort_key_of
from peyvand.memory.customers.models import Customer
from peyvand.memory.customers.services.traits import SAID, computed_forget

# Identities first lose what both have (what was proved or noted of it stays), then their place as the first of a kind
# where the other has one; so does the main contact of an organisation.
_MOVES = (
    "UPDATE customers_identity k SET verified_at = g.verified_at, verified_how = g.verified_how, "
    "verified_by_id = g.verified_by_id, verified_note = g.verified_note FROM customers_identity g "
    "WHERE g.customer_id = %(gone)s AND k.customer_id = %(kept)s "
    "AND (k.kind, k.system, k.key) = (g.kind, g.system, g.key) "
    "AND k.verified_at IS NULL AND g.verified_at IS NOT NULL",
    "UPDATE customers_identity k SET label = g.label FROM customers_identity g WHERE g.customer_id = %(gone)s "
    "AND k.customer_id = %(kept)s AND (k.kind, k.system, k.key) = (g.kind, g.system, g.key) "
    "AND k.label = '' AND g.label <> ''",
    "DELETE FROM customers_identity g USING customers_identity k WHERE g.customer_id = %(gone)s "
    "AND k.customer_id = %(kept)s AND (k.kind, k.system, k.key) = (g.kind, g.system, g.key)",
    "UPDATE customers_identity g SET customer_id = %(kept)s, is_primary = g.is_primary AND NOT EXISTS "
    "(SELECT FROM customers_identity k WHERE k.customer_id = %(kept)s AND k.kind = g.kind AND k.is_primary) "
    "WHERE g.customer_id = %(gone)s",
    "UPDATE customers_customertag g SET customer_id = %(kept)s WHERE g.customer_id = %(gone)s AND NOT EXISTS "
    "(SELECT FROM customers_customertag k WHERE k.customer_id = %(kept)s AND k.tag_id = g.tag_id)",
    "UPDATE customers_relation g SET person_id = %(kept)s WHERE g.person_id = %(gone)s AND NOT EXISTS "
    "(SELECT FROM customers_relation k WHERE k.person_id = %(kept)s AND k.organisation_id = g.organisation_id)",
    "UPDATE customers_relation g SET organisation_id = %(kept)s, is_main = g.is_main AND NOT EXISTS "
    "(SELECT FROM customers_relation k WHERE k.organisation_id = %(kept)s AND k.is_main) "
    "WHERE g.organisation_id = %(gone)s AND NOT EXISTS "
    "(SELECT FROM customers_relation k WHERE k.organisation_id = %(kept)s AND k.person_id = g.person_id)",
    "UPDATE customers_trait g SET customer_id = %(kept)s WHERE g.customer_id = %(gone)s AND g.source = ANY(%(said)s) "
    "AND NOT EXISTS (SELECT FROM customers_trait k WHERE k.customer_id = %(kept)s AND k.name = g.name)",
    "UPDATE customers_customer SET parent_id = %(kept)s WHERE parent_id = %(gone)s AND id <> %(kept)s",
)


def merge_into(*, kept: Customer, gone: Customer, values: Mapping[str, Any]) -> None:
    """Give `kept` these values, and the identities, tags, relations, branches and what was said of `gone`.

    Both are locked and of one kind, in the change set of the merge. Nobody becomes their own parent or their parent's.
    The record that is gone is left without these, to be deleted once the other rooms' rows have moved.
    """
    given = dict(values)
    lock_parents(demo=kept.demo)
    parent_id = _parent(kept=kept, gone=gone, wanted=given.pop("parent_id", kept.parent_id))
    for name, value in given.items():
        setattr(kept, name, value)
    kept.parent_id = parent_id
    kept.created_at = min(kept.created_at, gone.created_at)
    kept.search_key, kept.sort_key = search_key_of(kept.name), sort_key_of(kept.name)
    kept.version += 1
    kept.updated_at = timezone.now()
    fields = {name.removesuffix("_id") for name in given}
    kept.save(update_fields=[*fields, "parent", "created_at", "search_key", "sort_key", "version", "updated_at"])
    with connection.cursor() as cursor:
        for statement in _MOVES:
            cursor.execute(statement, {"kept": kept.pk, "gone": gone.pk, "said": list(SAID)})


def _parent(*, kept: Customer, gone: Customer, wanted: int | None) -> int | None:
    """The parent of the one who stays: the wanted one, unless that would make a circle."""
    if kept.pk != gone.pk and gone.pk in ancestors(kept):
        return gone.parent_id
    parent = Customer.objects.filter(pk=wanted).first() if wanted else None
    return wanted if parent is not None and kept.pk not in ancestors(parent) else kept.parent_id


def merged_delete(*, gone: Customer) -> None:
    """Delete the record that went into another, with what did not move."""
    computed_forget([gone.pk])
    gone.delete()
