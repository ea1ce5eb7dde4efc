"""The reads of interactions, by right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.ui.lists import KeysetPage, paginate
from peyvand.memory.customers import queries as customers
from peyvand.memory.interactions import access
from peyvand.memory.interactions.access import InteractionQuerySet
from peyvand.memory.interactions.declarations import InteractionKind
from peyvand.memory.interactions.models import Interaction

NEWEST_FIRST = ("-at", "-id")


@dataclass(frozen=True)
class InteractionFilter:
    """Conditions that all must hold; empty means any."""

    kinds: tuple[str, ...] = ()
    channel: str = ""
    staff_id: int | None = None


def kinds() -> Sequence[InteractionKind]:
    """Every kind that a room declares."""
    return registry.all(InteractionKind)


def interactions(*, actor: Actor, chosen: InteractionFilter | None = None) -> InteractionQuerySet:
    """What the actor may see of all customers, with customer and staff member; in no order."""
    actor.require(access.VIEW)
    return _chosen(Interaction.objects.visible_to(actor), chosen or InteractionFilter())


def timeline(
    *,
    actor: Actor,
    customer_id: int,
    before: str | None = None,
    size: int = 30,
    chosen: InteractionFilter | None = None,
) -> KeysetPage[Interaction]:
    """One page of a customer's history, newest first; `before` is the cursor of the page above.

    Raises NotAllowed, Customer.DoesNotExist for one whom the actor may not see, BadCursorError.
    """
    actor.require(access.VIEW)
    customers.customer_get(actor=actor, id=customer_id)
    found = Interaction.objects.filter(demo=actor.demo, customer_id=customer_id)
    if not access.customers_within(actor).filter(pk=customer_id).exists():
        found = found.none()
    rows = _chosen(found, chosen or InteractionFilter())
    return paginate(rows, order=NEWEST_FIRST, cursor=before, size=size)


def interaction_get(*, actor: Actor, id: int) -> Interaction:
    """One interaction; Interaction.DoesNotExist when there is none that the actor may see."""
    found: Interaction = Interaction.objects.visible_to(actor).select_related("customer", "staff").get(pk=id)
    return found


def _chosen(found: InteractionQuerySet, chosen: InteractionFilter) -> InteractionQuerySet:
    rows = found.select_related("customer", "staff")
    if chosen.kinds:
        rows = rows.filter(kind__in=chosen.kinds)
    if chosen.channel:
        rows = rows.filter(channel=chosen.channel)
    if chosen.staff_id is not None:
        rows = rows.filter(staff_id=chosen.staff_id)
    return rows
