"""The history of the unknown: it comes to a customer when they are known, and leaves when that was wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext

from peyvand.events.interactions import InteractionsMoved
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.outbox.services import publish
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.customers.models import Customer, Identity
from peyvand.memory.interactions import access
from peyvand.memory.interactions.models import Interaction, Joining


@dataclass(frozen=True)
class Recognised:
    """By what somebody was recognised; `key` as in customers.Identity."""

    kind: str
    key: str
    system: str = ""


_KNOWN = """
SELECT i.customer_id, i.kind, i.key, i.system FROM customers_identity i
 WHERE i.customer_id = ANY(%s) AND i.demo = %s
   AND EXISTS (SELECT FROM interactions_interaction n
                WHERE n.demo = i.demo AND n.identity_kind = i.kind AND n.identity_key = i.key AND n.identity_key <> ''
                  AND n.identity_system = i.system AND n.customer_id IS NULL)
   AND NOT EXISTS (SELECT FROM customers_identity o
                    WHERE o.demo = i.demo AND o.kind = i.kind AND o.system = i.system AND o.key = i.key
                      AND o.customer_id <> i.customer_id)
   AND NOT EXISTS (SELECT FROM interactions_joining j
                    WHERE j.customer_id = i.customer_id AND j.identity_kind = i.kind AND j.identity_key = i.key
                      AND j.identity_system = i.system AND j.detached_at IS NOT NULL)
 ORDER BY i.id
"""
_WITHOUT_IDENTITY = """
SELECT j.id FROM interactions_joining j
 WHERE j.customer_id = ANY(%s) AND j.demo = %s AND j.detached_at IS NULL AND j.by_id IS NULL
   AND NOT EXISTS (SELECT FROM customers_identity i
                    WHERE i.customer_id = j.customer_id AND i.kind = j.identity_kind AND i.key = j.identity_key
                      AND i.system = j.identity_system)
 ORDER BY j.id
"""


def attach(*, actor: Actor, identity: Identity | Recognised, customer: Customer) -> Joining | None:
    """Give the customer every interaction of that identity which has none yet, in one statement.

    None when there are none. Raises NotAllowed, and Customer.DoesNotExist for one whom the actor may not change.
    """
    _require(actor, customer.pk)
    with transaction.atomic():
        rows = Interaction.objects.filter(
            demo=actor.demo, identity_kind=identity.kind, identity_key=identity.key, identity_system=identity.system,
            customer=None,
        ).exclude(identity_key="")  # fmt: skip
        if not rows.exists():
            return None
        with change_set(actor=actor, kind="edit", title=gettext("Anonymous history attached")):
            made = Joining.objects.create(
                demo=actor.demo, customer_id=customer.pk, identity_kind=identity.kind, identity_key=identity.key,
                identity_system=identity.system, by_id=actor.user_id,
            )  # fmt: skip
            made.rows = rows.update(customer_id=customer.pk, joining=made)
            made.save(update_fields=["rows"])
            publish(InteractionsMoved(customer_ids=(customer.pk,), demo=actor.demo), actor=actor)
    return made


def detach(*, actor: Actor, joining_id: int) -> int:
    """Take back exactly what that act gave; gives how many interactions are unknown again. Twice does nothing.

    Raises NotAllowed, and Joining.DoesNotExist when there is none at a customer whom the actor may change.
    """
    actor.require(access.EDIT)
    with transaction.atomic():
        found = Joining.objects.select_for_update().get(pk=joining_id, demo=actor.demo)
        try:
            _require(actor, found.customer_id)
        except Customer.DoesNotExist:
            raise Joining.DoesNotExist from None
        if found.detached_at is not None:
            return 0
        with change_set(actor=actor, kind="edit", title=gettext("Anonymous history detached")):
            rows = Interaction.objects.filter(joining=found, customer_id=found.customer_id)
            moved: int = rows.update(customer=None, joining=None, pinned_at=None, pinned_by=None)
            found.detached_at = timezone.now()
            found.save(update_fields=["detached_at"])
            publish(InteractionsMoved(customer_ids=(found.customer_id,), demo=actor.demo), actor=actor)
    return moved


def joinings(*, actor: Actor, customer_id: int) -> list[Joining]:
    """What was attached to the customer and is still theirs, the latest first. The caller has checked the right."""
    return list(Joining.objects.filter(demo=actor.demo, customer_id=customer_id, detached_at=None).order_by("-pk")[:20])


def identities_follow(*, actor: Actor, customer_ids: Sequence[int]) -> None:
    """After identities came or went: attach what is theirs alone now, detach what came by one that is gone.

    What somebody detached is not attached again by itself, and what somebody attached by hand stays.
    """
    with connection.cursor() as cursor:
        cursor.execute(_WITHOUT_IDENTITY, [list(customer_ids), actor.demo])
        gone = [pk for (pk,) in cursor.fetchall()]
        cursor.execute(_KNOWN, [list(customer_ids), actor.demo])
        known = cursor.fetchall()
    for pk in gone:
        detach(actor=actor, joining_id=pk)
    customers = Customer.objects.in_bulk([customer_id for customer_id, *_identity in known])
    for customer_id, kind, key, system in known:
        if customer_id in customers:
            attach(actor=actor, identity=Recognised(kind, key, system), customer=customers[customer_id])


def _require(actor: Actor, customer_id: int) -> None:
    actor.require(access.EDIT)
    if not access.customers_within(actor, access.EDIT).filter(pk=customer_id).exists():
        raise Customer.DoesNotExist
