"""Verbs on many customers at once: each one change set, so that one undo takes it back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from peyvand.events.customers import CustomersChanged, CustomersDeleted
from peyvand.foundation.accounts.models import Team, User
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.outbox.services import publish
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.customers import access
from peyvand.memory.customers.access import CustomerQuerySet
from peyvand.memory.customers.errors import InvalidError
from peyvand.memory.customers.models import Customer, CustomerTag
from peyvand.memory.customers.services.naming import words_fold
from peyvand.memory.customers.services.tags import tag_name, tags_ensure
from peyvand.memory.customers.services.touching import touch
from peyvand.memory.customers.writing import insert_tags

EVENT_SIZE = 5_000
DELETE_SIZE = 1_000

Chosen = CustomerQuerySet | Collection[int]


@dataclass(frozen=True)
class BulkResult:
    """How many customers changed, and the change set that takes it back (None when none did)."""

    changed: int
    change_set_id: int | None


def owner_set(*, actor: Actor, customers: Chosen, owner_id: int | None) -> BulkResult:
    """Give the customers an owner, or none. Those whom the actor may not change are left as they are."""
    owner = User.objects.filter(pk=owner_id or 0, is_active=True).first()
    if owner_id is not None and owner is None:
        raise InvalidError({"owner_id": _("Choose a colleague who is active.")})
    return _set(actor=actor, customers=customers, field="owner_id", value=owner_id, to=owner.name if owner else "")


def team_set(*, actor: Actor, customers: Chosen, team_id: int | None) -> BulkResult:
    """Give the customers a team, or none."""
    team = Team.objects.filter(pk=team_id or 0).first()
    if team_id is not None and team is None:
        raise InvalidError({"team_id": _("Choose one of the teams.")})
    return _set(actor=actor, customers=customers, field="team_id", value=team_id, to=team.name if team else "")


def _set(*, actor: Actor, customers: Chosen, field: str, value: int | None, to: str) -> BulkResult:
    actor.require(access.EDIT)
    with transaction.atomic():
        same = Q(**{f"{field}__isnull": True}) if value is None else Q(**{field: value})
        ids = locked(actor=actor, customers=customers, permission=access.EDIT, but=same)
        if not ids:
            return BulkResult(0, None)
        if to:
            title = ngettext("%(count)s customer given to %(name)s", "%(count)s customers given to %(name)s", len(ids))
        else:
            title = ngettext("%(count)s customer given to nobody", "%(count)s customers given to nobody", len(ids))
        with change_set(actor=actor, kind="bulk", title=title % {"count": len(ids), "name": to}) as made:
            Customer.objects.filter(pk__in=ids).update(**{field: value})
            tell(actor=actor, ids=ids, field="owner" if field == "owner_id" else "team")
    return BulkResult(len(ids), made.pk)


def tag_add_to(*, actor: Actor, customers: Chosen, name: str) -> BulkResult:
    """Put a tag on the customers, making the tag if need be; those who have it stay as they are."""
    actor.require(access.EDIT)
    key, plain = tag_name(name)
    with transaction.atomic():
        ids = locked(actor=actor, customers=customers, permission=access.EDIT, but=Q(tagged__tag__key=key))
        if not ids:
            return BulkResult(0, None)
        title = ngettext("Tag “%(tag)s” on %(count)s customer", "Tag “%(tag)s” on %(count)s customers", len(ids))
        with change_set(actor=actor, kind="bulk", title=title % {"count": len(ids), "tag": plain}) as made:
            (tag,) = tags_ensure(demo=actor.demo, names=[name]).values()
            insert_tags(rows=[(pk, tag.pk) for pk in ids])
            tell(actor=actor, ids=ids, field="tags")
    return BulkResult(len(ids), made.pk)


def tag_remove_from(*, actor: Actor, customers: Chosen, name: str) -> BulkResult:
    """Take a tag off those of the customers who have it."""
    actor.require(access.EDIT)
    key, plain = tag_name(name)
    having = CustomerTag.objects.filter(tag__key=key, tag__demo=actor.demo)
    with transaction.atomic():
        without = ~Q(pk__in=having.values("customer_id"))
        ids = locked(actor=actor, customers=customers, permission=access.EDIT, but=without)
        if not ids:
            return BulkResult(0, None)
        title = ngettext("Tag “%(tag)s” off %(count)s customer", "Tag “%(tag)s” off %(count)s customers", len(ids))
        with change_set(actor=actor, kind="bulk", title=title % {"count": len(ids), "tag": plain}) as made:
            having.filter(customer_id__in=ids).delete()
            tell(actor=actor, ids=ids, field="tags")
    return BulkResult(len(ids), made.pk)


def customers_delete(*, actor: Actor, customers: Chosen) -> BulkResult:
    """Delete the customers with their identities, tags and relations; undo brings them back.

    What happened with them, and their orders, stays, without a customer. Traits are computed again after an undo.
    """
    actor.require(access.DELETE)
    with transaction.atomic():
        ids = locked(actor=actor, customers=customers, permission=access.DELETE, but=Q())
        if not ids:
            return BulkResult(0, None)
        title = ngettext("%(count)s customer deleted", "%(count)s customers deleted", len(ids)) % {"count": len(ids)}
        with change_set(actor=actor, kind="bulk", title=title) as made:
            for start in range(0, len(ids), DELETE_SIZE):
                Customer.objects.filter(pk__in=ids[start : start + DELETE_SIZE]).delete()
            for start in range(0, len(ids), EVENT_SIZE):
                gone = tuple(ids[start : start + EVENT_SIZE])
                publish(CustomersDeleted(customer_ids=gone, demo=actor.demo), actor=actor)
    return BulkResult(len(ids), made.pk)


_SAMPLE = (
    "DELETE FROM customers_trait WHERE demo",
    "DELETE FROM customers_customertag WHERE tag_id IN (SELECT id FROM customers_tag WHERE demo)",
    "DELETE FROM customers_tag WHERE demo",
    "DELETE FROM customers_relation WHERE demo",
    "DELETE FROM customers_identity WHERE demo",
    "DELETE FROM customers_customer WHERE demo",
)


def sample_remove(actor: Actor) -> int:
    """Remove the customers of the sample business; what refers to them must be gone. Gives how many rows went."""
    removed = 0
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in _SAMPLE:
            cursor.execute(statement)
            removed += cursor.rowcount
        words_fold()
    return removed


def locked(*, actor: Actor, customers: Chosen, permission: str, but: Q) -> list[int]:
    """Ids, locked in their order, of those among `customers` whom the actor may touch, without those of `but`."""
    within = Q(pk__in=customers.order_by().values("pk") if isinstance(customers, CustomerQuerySet) else list(customers))
    reach = Customer.objects.visible_to(actor, permission).filter(within)
    if but:
        reach = reach.exclude(but)
    return list(reach.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))


def tell(*, actor: Actor, ids: Sequence[int], field: str) -> None:
    """Count a change of these customers and say so to other rooms."""
    for start in range(0, len(ids), EVENT_SIZE):
        some = tuple(ids[start : start + EVENT_SIZE])
        touch(some)
        publish(CustomersChanged(customer_ids=some, fields=(field,), demo=actor.demo), actor=actor)
