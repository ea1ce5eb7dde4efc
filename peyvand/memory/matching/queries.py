"""The reads of pairs and merges, by right."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from peyvand.foundation.registry.actor import Actor
from peyvand.memory.customers import access as customers_access
from peyvand.memory.customers.access import CustomerQuerySet
from peyvand.memory.customers.models import Customer
from peyvand.memory.matching import access
from peyvand.memory.matching.access import PairQuerySet
from peyvand.memory.matching.models import Pair, PairState, Redirect

SUREST_FIRST = ("-score", "-id")


def mergeable(*, actor: Actor) -> CustomerQuerySet:
    """The customers whom the actor may merge."""
    return Customer.objects.visible_to(actor, access.MERGE)


def two(*, actor: Actor, kept_id: int, gone_id: int) -> tuple[Customer, Customer]:
    """Both records of a merge, with owner and team; Customer.DoesNotExist unless the actor may merge them."""
    actor.require(access.MERGE)
    actor.require(customers_access.EDIT)
    rows = mergeable(actor=actor).select_related("owner", "team").filter(pk__in=(kept_id, gone_id))
    found = {one.pk: one for one in rows}
    if kept_id == gone_id or len(found) != 2:
        raise Customer.DoesNotExist
    return found[kept_id], found[gone_id]


def merged_into(actor: Actor, customer_id: int) -> int | None:
    """Where a merged record went, if the actor may see that one."""
    found = Redirect.objects.filter(gone_id=customer_id, kept__in=Customer.objects.visible_to(actor))
    return found.values_list("kept_id", flat=True).first()


def pairs(*, actor: Actor, level: str = "") -> PairQuerySet:
    """Open pairs that the actor may decide on, without those left for later; in no order."""
    actor.require(access.MERGE)
    found = Pair.objects.visible_to(actor).filter(Q(later_until=None) | Q(later_until__lt=timezone.now()))
    found = found.filter(state=PairState.OPEN).select_related("a", "b")
    return found.filter(level=level) if level else found


def pairs_of(*, actor: Actor, customer_id: int) -> list[Pair]:
    """The open pairs of one customer, the surest first."""
    return list(pairs(actor=actor).filter(Q(a=customer_id) | Q(b=customer_id)).order_by("-score")[:3])


def merged_here(*, actor: Actor, customer_id: int) -> list[Redirect]:
    """The records that were merged into this one and can come apart again, the latest first."""
    if not actor.may(access.MERGE):
        return []
    return list(Redirect.objects.filter(kept_id=customer_id, into_id=customer_id).order_by("-merged_at")[:10])
