"""What the trail may show of rows that belong to customers: what the reader may see of the customer, and no more.

Rows that are gone are judged by what the trail remembers of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Set

from django.db import connection
from psycopg import sql
from psycopg.sql import Identifier

from peyvand.foundation.changes.queries import last_known
from peyvand.foundation.registry.actor import Actor, Scope
from peyvand.memory.customers.access import LISTS, VIEW
from peyvand.memory.customers.models import Customer, CustomerList, ListMember

Unseen = Callable[[Actor, Collection[int]], Set[int]]


def narrow(actor: Actor) -> bool:
    """Whether there are customers of the business whom the actor may not see."""
    return actor.scope(VIEW) is not Scope.ALL


def unseen_with_customer(
    table: str, column: str = "customer_id", *, right: str = VIEW, whole: tuple[str, str] | None = None
) -> Unseen:
    """Which rows of the table the actor may not see: without `right` none, otherwise those of customers within it.

    `column` has the customer; of a part it points to a row of the table whole[0], whose column whole[1] has them.
    """

    def unseen(actor: Actor, ids: Collection[int]) -> Set[int]:
        scope = min(actor.scope(VIEW), actor.scope(right))
        if scope is Scope.NONE:
            return set(ids)
        if scope is Scope.ALL:
            return set()
        customers = values_of(table, column, ids)
        if whole is not None:
            of_whole = values_of(*whole, {value for value in customers.values() if value is not None})
            customers = {pk: of_whole.get(value or 0) for pk, value in customers.items()}
        known = {value for value in customers.values() if value is not None}
        seen = set(Customer.objects.visible_to(actor, right).filter(pk__in=known).values_list("pk", flat=True))
        return {pk for pk in ids if customers.get(pk) not in seen}

    return unseen


def either(one: Unseen, other: Unseen) -> Unseen:
    """Rows of two customers, of which one may see neither when one may not see either."""
    return lambda actor, ids: one(actor, ids) | other(actor, ids)


def unseen_lists(actor: Actor, ids: Collection[int]) -> Set[int]:
    """Lists of others that are not shared; those that are gone are judged as they were."""
    if actor.may(VIEW) and actor.scope(LISTS) is Scope.ALL:
        return set()
    there = set(CustomerList.objects.filter(pk__in=ids).values_list("pk", flat=True))
    seen = set(CustomerList.objects.visible_to(actor).filter(pk__in=ids).values_list("pk", flat=True))
    gone = last_known(CustomerList._meta.db_table, set(ids) - there) if actor.may(VIEW) else {}
    for pk, row in gone.items():
        mine = actor.user_id is not None and row.get("owner_id") == actor.user_id
        if mine or row.get("shared") or row.get("team_id") in actor.team_ids:
            seen.add(pk)
    return set(ids) - seen


def unseen_list_members(actor: Actor, ids: Collection[int]) -> Set[int]:
    """Who is on lists that the actor may not see."""
    lists = values_of(ListMember._meta.db_table, "list_id", ids)
    hidden = unseen_lists(actor, {pk for pk in lists.values() if pk is not None})
    return {pk for pk in ids if lists.get(pk) is None or lists[pk] in hidden}


def values_of(table: str, column: str, ids: Collection[int]) -> dict[int, int | None]:
    """A column with ids, by row: as it stands, or as it stood when the row went."""
    query = sql.SQL("SELECT id, {} FROM {} WHERE id = ANY(%s)").format(Identifier(column), Identifier(table))
    with connection.cursor() as cursor:
        cursor.execute(query, [list(ids)])
        found: dict[int, int | None] = dict(cursor.fetchall())
    gone = set(ids) - found.keys()
    return found | {pk: row.get(column) for pk, row in (last_known(table, gone) if gone else {}).items()}


def names_of(actor: Actor, ids: Collection[int]) -> Mapping[int, str]:
    """The names of those customers whom the actor may see."""
    return dict(Customer.objects.visible_to(actor).filter(pk__in=ids).values_list("pk", "name"))
