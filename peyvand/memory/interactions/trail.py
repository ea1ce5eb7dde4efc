"""What the trail may show of interactions: what each reader may see of them on every other page."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Set
from typing import Any

from peyvand.foundation.accounts.models import Membership
from peyvand.foundation.changes.queries import last_known
from peyvand.foundation.registry.actor import Actor, Scope
from peyvand.memory.customers.models import Customer
from peyvand.memory.customers.trail import values_of
from peyvand.memory.interactions import access
from peyvand.memory.interactions.models import Interaction

TABLE = Interaction._meta.db_table


def unseen(actor: Actor, ids: Collection[int]) -> Set[int]:
    """Which of these interactions are not for the actor: of a colleague alone, of a kind or a customer out of reach.

    Those that are gone are judged as they were when they went.
    """
    if access.interaction_scope(actor) is Scope.NONE:
        return set(ids)
    seen = set(Interaction.objects.visible_to(actor).filter(pk__in=ids).values_list("pk", flat=True))
    left = set(ids) - seen
    there = set(Interaction.objects.filter(pk__in=left).values_list("pk", flat=True))
    return there | _unseen_gone(actor, left - there)


def _unseen_gone(actor: Actor, ids: Set[int]) -> set[int]:
    rows = last_known(TABLE, ids) if ids else {}
    colleagues: set[int] = set()
    if actor.team_ids and not actor.may(access.PRIVATE):
        found = Membership.objects.filter(team_id__in=actor.team_ids)
        colleagues = set(found.values_list("user_id", flat=True))
    customers = {row["customer_id"] for row in rows.values() if row.get("customer_id") is not None}
    within = set(access.customers_within(actor).filter(pk__in=customers).values_list("pk", flat=True))
    return {pk for pk in ids if not _seen(actor, rows.get(pk, {}), colleagues, within)}


def _seen(actor: Actor, row: Mapping[str, Any], colleagues: Set[int], within: Set[int]) -> bool:
    if not row:
        return True  # nothing is remembered, so nothing is shown
    if row.get("kind") in access.unseen_kinds(actor):
        return False
    if access.interaction_scope(actor) is not Scope.ALL and row.get("customer_id") not in within:
        return False
    if actor.may(access.PRIVATE) or row.get("visibility", "all") == "all":
        return True
    staff = row.get("staff_id")
    own = staff is not None and staff == actor.user_id
    return own or (row.get("visibility") == "team" and staff in colleagues)


def unseen_files(actor: Actor, ids: Collection[int]) -> Set[int]:
    """Files go with their interaction."""
    of = values_of("interactions_interactionfile", "interaction_id", ids)
    hidden = unseen(actor, {value for value in of.values() if value is not None})
    return {pk for pk, value in of.items() if value in hidden}


def unseen_joinings(actor: Actor, ids: Collection[int]) -> Set[int]:
    """Acts of attaching go with the customer, for who sees interactions."""
    scope = access.interaction_scope(actor)
    if scope is Scope.NONE:
        return set(ids)
    if scope is Scope.ALL:
        return set()
    of = values_of("interactions_joining", "customer_id", ids)
    known = {value for value in of.values() if value is not None}
    seen = set(Customer.objects.visible_to(actor).filter(pk__in=known).values_list("pk", flat=True))
    return {pk for pk in ids if of.get(pk) not in seen}
