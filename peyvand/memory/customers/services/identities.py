"""Verbs on identities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.events.customers import CustomersChanged
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.outbox.services import publish
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.keys import clean
from peyvand.memory.customers import access
from peyvand.memory.customers.checking import LABEL_LENGTH, checked_identities, refuse_hidden_kinds
from peyvand.memory.customers.data import IdentityData
from peyvand.memory.customers.errors import InvalidError
from peyvand.memory.customers.models import Customer, Identity, VerifiedHow
from peyvand.memory.customers.queries import hidden_kinds
from peyvand.memory.customers.services.touching import editable, touch
from peyvand.memory.customers.writing import NewIdentity, lock_codes

CHANGED = ("value", "label", "is_primary")
MOST = 50  # identities of one customer, by hand; merges and files may bring more
NOTE_LENGTH = 200
UNPROVED = {"verified_at": None, "verified_how": "", "verified_by_id": None, "verified_note": ""}


def identity_add(*, actor: Actor, customer: Customer, data: IdentityData) -> Identity:
    """Give the customer a phone, e-mail or code; one that they have already is returned as it is.

    Raises NotAllowed, InvalidError and Customer.DoesNotExist.
    """
    actor.require(access.EDIT)
    refuse_hidden_kinds(actor, [data])
    with transaction.atomic():
        lock_codes(demo=actor.demo)
        kept = editable(actor=actor, customer_id=customer.pk)
        (new,) = checked_identities(actor=actor, customer_id=kept.pk, given=[data])
        found = Identity.objects.filter(customer=kept, kind=new.kind, system=new.system, key=new.key).first()
        if found is not None:
            return found
        if Identity.objects.filter(customer=kept).count() >= MOST:
            raise InvalidError({"identities.0": _too_many()})
        with change_set(actor=actor, kind="edit", title=_title(kept)):
            same = Identity.objects.filter(customer=kept, kind=new.kind)
            if data.is_primary:
                same.filter(is_primary=True).update(is_primary=False)
            made = _made(kept, new, is_primary=data.is_primary or not same.exists())
            _tell(actor=actor, customer=kept)
    return made


def identity_change(*, actor: Actor, identity: Identity, data: IdentityData) -> Identity:
    """Write an identity anew: its value, system and label; its kind stays. One with another value is not proved.

    Raises NotAllowed, InvalidError and Customer.DoesNotExist.
    """
    actor.require(access.EDIT)
    with transaction.atomic():
        lock_codes(demo=actor.demo)
        kept = editable(actor=actor, customer_id=identity.customer_id)
        given = IdentityData(identity.kind, data.value, data.system, data.label, id=identity.pk)
        if not clean(given.value):
            raise InvalidError({"identities.0": _("Type the number, address or code.")})
        with change_set(actor=actor, kind="edit", title=_title(kept)):
            if identities_patch(actor=actor, customer=kept, given=[given]):
                _tell(actor=actor, customer=kept)
    return Identity.objects.get(pk=identity.pk)


def identity_primary(*, actor: Actor, identity: Identity) -> Identity:
    """Make it the first of its kind: the phone that is called, the address that is written to."""
    actor.require(access.EDIT)
    with transaction.atomic():
        kept = editable(actor=actor, customer_id=identity.customer_id)
        found = Identity.objects.get(pk=identity.pk, customer=kept)
        refuse_hidden_kinds(actor, [IdentityData(found.kind, found.value)])
        if found.is_primary:
            return found
        with change_set(actor=actor, kind="edit", title=_title(kept)):
            Identity.objects.filter(customer=kept, kind=found.kind, is_primary=True).update(is_primary=False)
            found.is_primary = True
            found.save(update_fields=["is_primary"])
            _tell(actor=actor, customer=kept)
    return found


def identity_remove(*, actor: Actor, identity: Identity) -> None:
    """Take an identity away; the next of its kind becomes the primary one."""
    actor.require(access.EDIT)
    with transaction.atomic():
        kept = editable(actor=actor, customer_id=identity.customer_id)
        refuse_hidden_kinds(actor, [IdentityData(identity.kind, identity.value)])
        with change_set(actor=actor, kind="edit", title=_title(kept)):
            Identity.objects.filter(pk=identity.pk, customer=kept).delete()
            _one_primary(kept)
            _tell(actor=actor, customer=kept)


def identity_verify(*, actor: Actor, identity: Identity, how: str, note: str = "") -> Identity:
    """Say that the identity was proved to be theirs, how, and by whom: the one who says it.

    Raises NotAllowed, InvalidError and Customer.DoesNotExist.
    """
    actor.require(access.EDIT)
    text = clean(note)
    if how not in VerifiedHow.values:
        raise InvalidError({"how": _("Say how it was proved: by a code, a message, a call, a document.")})
    if len(text) > NOTE_LENGTH:
        raise InvalidError({"note": _("Say it in at most 200 letters.")})
    proved = {
        "verified_at": timezone.now(), "verified_how": how, "verified_by_id": actor.user_id, "verified_note": text,
    }  # fmt: skip
    return _prove(actor=actor, identity=identity, proved=proved)


def identity_unverify(*, actor: Actor, identity: Identity) -> Identity:
    """Say that it is not proved to be theirs, or no longer."""
    actor.require(access.EDIT)
    return _prove(actor=actor, identity=identity, proved=UNPROVED)


def _prove(*, actor: Actor, identity: Identity, proved: Mapping[str, object]) -> Identity:
    with transaction.atomic():
        kept = editable(actor=actor, customer_id=identity.customer_id)
        refuse_hidden_kinds(actor, [IdentityData(identity.kind, identity.value)])
        with change_set(actor=actor, kind="edit", title=_title(kept)):
            found = Identity.objects.get(pk=identity.pk, customer=kept)
            for name, value in proved.items():
                setattr(found, name, value)
            found.save(update_fields=[name.removesuffix("_id") for name in proved])
            _tell(actor=actor, customer=kept)
    return found


# ── inside the change of a customer ───────────────────────────────────────


def identities_replace(*, actor: Actor, customer: Customer, wanted: Sequence[NewIdentity]) -> bool:
    """Make the customer's identities exactly these, inside the caller's change set; gives whether anything changed.

    Those of kinds that are hidden from the actor stay as they are.
    """
    stand = Identity.objects.filter(customer=customer).exclude(kind__in=hidden_kinds(actor))
    existing = {(row.kind, row.system, row.key): row for row in stand}
    changed = False
    for new in wanted:
        found = existing.pop((new.kind, new.system, new.key), None)
        if found is None:
            _made(customer, new, is_primary=new.is_primary)
            changed = True
        elif any(getattr(found, name) != getattr(new, name) for name in CHANGED):
            for name in CHANGED:
                setattr(found, name, getattr(new, name))
            found.save(update_fields=CHANGED)
            changed = True
    if existing:
        Identity.objects.filter(pk__in=[row.pk for row in existing.values()]).delete()
    return changed or bool(existing)


def identities_patch(*, actor: Actor, customer: Customer, given: Sequence[IdentityData]) -> bool:
    """Change the customer's identities row by row, inside the caller's change set; gives whether anything changed.

    A row with an `id` changes that identity, or takes it away when its value is empty; one without is added. Whatever
    no row speaks of stays, as does a row that is gone meanwhile and was not changed: that one is added again.
    """
    refuse_hidden_kinds(actor, given)
    stand = {row.pk: row for row in Identity.objects.filter(customer=customer)}
    gone = [stand[one.id] for one in given if one.id in stand and not clean(one.value)]
    written = [
        (place, one) for place, one in enumerate(given)
        if clean(one.value) and not (one.id in stand and _same(stand[one.id], one))
    ]  # fmt: skip
    read = _read(actor, customer, written)
    others = {row.pk for row in stand.values()} - {row.pk for row in gone}
    added = sum(one.id not in stand for _place, one in written)
    if added and len(others) + added > MOST:
        raise InvalidError({f"identities.{written[-1][0]}": _too_many()})
    at_before = {(row.kind, row.system, row.key): row.pk for row in stand.values()}
    fresh: list[NewIdentity] = []
    for (_place, one), new in zip(written, read, strict=True):
        row = stand.get(one.id) if one.id is not None else None
        at = (new.kind, new.system, new.key)
        holder = at_before.get(at)
        if row is not None and holder in (None, row.pk):
            _rewrite(row, new)
        elif row is not None:  # it takes the value of another row of theirs, which may be taking its own
            gone.append(row)
            fresh.append(new)
        else:
            fresh.append(new)
    if gone:
        Identity.objects.filter(pk__in=[row.pk for row in gone]).delete()
    there = set(Identity.objects.filter(customer=customer).values_list("kind", "system", "key"))
    made = [_made(customer, new, is_primary=False) for new in fresh if (new.kind, new.system, new.key) not in there]
    _one_primary(customer)
    return bool(gone or written or made)


def _read(actor: Actor, customer: Customer, written: Sequence[tuple[int, IdentityData]]) -> list[NewIdentity]:
    """The rows with their keys, one for one; the second of two that are the same is an error at its place."""
    places = [place for place, _one in written]
    found = checked_identities(
        actor=actor, customer_id=customer.pk, given=[one for _place, one in written], places=places
    )
    if len(found) == len(written):
        return found
    seen: set[tuple[str, str, str]] = set()
    errors = {}
    for place, one in written:
        (new,) = checked_identities(actor=actor, customer_id=customer.pk, given=[one])
        at = (new.kind, new.system, new.key)
        if at in seen:
            errors[f"identities.{place}"] = _("This stands in another line already.")
        seen.add(at)
    raise InvalidError(errors)


def _same(row: Identity, given: IdentityData) -> bool:
    return (row.kind, row.value, row.system, row.label) == (
        given.kind, clean(given.value), clean(given.system), clean(given.label),
    )  # fmt: skip


def _rewrite(row: Identity, new: NewIdentity) -> None:
    """Give a row these values; another value, or another kind, is not what was proved."""
    names = ["kind", "system", "value", "key", "label"]
    if (row.kind, row.system, row.key) != (new.kind, new.system, new.key):
        for name, value in UNPROVED.items():
            setattr(row, name, value)
        names += [name.removesuffix("_id") for name in UNPROVED]
    if row.kind != new.kind:
        row.is_primary = False
        names.append("is_primary")
    for name in ("kind", "system", "value", "key", "label"):
        setattr(row, name, getattr(new, name))
    row.save(update_fields=names)


def _made(customer: Customer, new: NewIdentity, *, is_primary: bool) -> Identity:
    return Identity.objects.create(
        demo=customer.demo, customer=customer, kind=new.kind, system=new.system, value=new.value, key=new.key,
        label=new.label[:LABEL_LENGTH], is_primary=is_primary,
    )  # fmt: skip


def _one_primary(customer: Customer) -> None:
    """See that each kind has a first one: the eldest, where none was chosen."""
    rows = list(Identity.objects.filter(customer=customer).order_by("kind", "-is_primary", "pk"))
    for kind in {row.kind for row in rows}:
        first = next(row for row in rows if row.kind == kind)
        if not first.is_primary:
            first.is_primary = True
            first.save(update_fields=["is_primary"])


def _too_many() -> str:
    return gettext("A customer may have at most %(most)s phones, e-mails and codes.") % {"most": MOST}


def _title(customer: Customer) -> str:
    return gettext("Change of %(name)s") % {"name": customer.name}


def _tell(*, actor: Actor, customer: Customer) -> None:
    touch([customer.pk])
    publish(CustomersChanged(customer_ids=(customer.pk,), fields=("identities",), demo=customer.demo), actor=actor)
