"""Verbs on identities."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from peyvand.events.customers import CustomersChanged
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.outbox.services import publish
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.customers import access
from peyvand.memory.customers.checking import checked_identities
from peyvand.memory.customers.data import IdentityData
from peyvand.memory.customers.models import Customer, Identity
from peyvand.memory.customers.services.touching import editable, touch
from peyvand.memory.customers.writing import NewIdentity, lock_codes

CHANGED = ("value", "label", "is_primary")


def identity_add(*, actor: Actor, customer: Customer, data: IdentityData) -> Identity:
    """Give the customer a phone, e-mail or code; one that they have already is returned as it is.

    Raises NotAllowed, InvalidError and Customer.DoesNotExist.
    """
    actor.require(access.EDIT)
    with transaction.atomic():
        lock_codes(demo=actor.demo)
        kept = editable(actor=actor, customer_id=customer.pk)
        (new,) = checked_identities(actor=actor, customer_id=kept.pk, given=[data])
        found = Identity.objects.filter(customer=kept, kind=new.kind, system=new.system, key=new.key).first()
        if found is not None:
            return found
        with change_set(actor=actor, kind="edit", title=_title(kept)):
            same = Identity.objects.filter(customer=kept, kind=new.kind)
            if data.is_primary:
                same.filter(is_primary=True).update(is_primary=False)
            made = Identity.objects.create(
                demo=kept.demo, customer=kept, kind=new.kind, system=new.system, value=new.value, key=new.key,
                label=new.label, is_primary=data.is_primary or not same.exists(),
            )  # fmt: skip
            _tell(actor=actor, customer=kept)
    return made


def identity_remove(*, actor: Actor, identity: Identity) -> None:
    """Take an identity away; the next of its kind becomes the primary one."""
    actor.require(access.EDIT)
    with transaction.atomic():
        kept = editable(actor=actor, customer_id=identity.customer_id)
        with change_set(actor=actor, kind="edit", title=_title(kept)):
            Identity.objects.filter(pk=identity.pk, customer=kept).delete()
            rest = Identity.objects.filter(customer=kept, kind=identity.kind).order_by("-is_primary", "pk").first()
            if rest is not None and not rest.is_primary:
                rest.is_primary = True
                rest.save(update_fields=["is_primary"])
            _tell(actor=actor, customer=kept)


def identity_verify(*, actor: Actor, identity: Identity, verified: bool) -> Identity:
    """Say that the identity was proved to be theirs, as by calling back, or that it wasn't."""
    actor.require(access.EDIT)
    with transaction.atomic():
        kept = editable(actor=actor, customer_id=identity.customer_id)
        with change_set(actor=actor, kind="edit", title=_title(kept)):
            found = Identity.objects.get(pk=identity.pk, customer=kept)
            found.verified_at = timezone.now() if verified else None
            found.save(update_fields=["verified_at"])
            _tell(actor=actor, customer=kept)
    return found


def identities_replace(*, customer: Customer, wanted: Sequence[NewIdentity]) -> bool:
    """Make the customer's identities exactly these, inside the caller's change set; gives whether anything changed."""
    existing = {(row.kind, row.system, row.key): row for row in Identity.objects.filter(customer=customer)}
    changed = False
    for new in wanted:
        found = existing.pop((new.kind, new.system, new.key), None)
        if found is None:
            Identity.objects.create(
                demo=customer.demo, customer=customer, kind=new.kind, system=new.system, value=new.value, key=new.key,
                label=new.label, is_primary=new.is_primary,
            )  # fmt: skip
            changed = True
        elif any(getattr(found, name) != getattr(new, name) for name in CHANGED):
            for name in CHANGED:
                setattr(found, name, getattr(new, name))
            found.save(update_fields=CHANGED)
            changed = True
    if existing:
        Identity.objects.filter(pk__in=[row.pk for row in existing.values()]).delete()
    return changed or bool(existing)


def _title(customer: Customer) -> str:
    return gettext("Change of %(name)s") % {"name": customer.name}


def _tell(*, actor: Actor, customer: Customer) -> None:
    touch([customer.pk])
    publish(CustomersChanged(customer_ids=(customer.pk,), fields=("identities",), demo=customer.demo), actor=actor)
