"""Verbs on one customer: make, change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.events.customers import CustomersChanged, CustomersCreated
from peyvand.foundation.changes.models import Change
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.fields.declarations import PREFIX
from peyvand.foundation.outbox.services import publish
from peyvand.foundation.registry.actor import Actor, Scope
from peyvand.memory.customers import access
from peyvand.memory.customers.checking import (
    FIELDS,
    check_links,
    checked,
    checked_identities,
    custom_checked,
    refuse_hidden,
)
from peyvand.memory.customers.data import CustomerData, IdentityData
from peyvand.memory.customers.errors import ConflictError, InvalidError, Theirs
from peyvand.memory.customers.keys import name_of, search_key_of, sort_key_of
from peyvand.memory.customers.models import Customer, CustomerKind
from peyvand.memory.customers.services.identities import identities_replace
from peyvand.memory.customers.services.tags import tags_replace
from peyvand.memory.customers.writing import lock_codes

NAMES = ("kind", "name", "honorific", "given_name", "family_name")


def customer_create(*, actor: Actor, data: CustomerData) -> Customer:
    """Add a person or an organisation, with identities and tags.

    Who may only touch their own or their team's becomes the owner unless another is named within that reach. Raises
    NotAllowed and InvalidError. That a phone or e-mail is also somebody else's is no error (see queries.same_identity).
    """
    actor.require(access.EDIT)
    values = checked({field.name: getattr(data, field.name) for field in fields(data) if field.name in FIELDS})
    custom = custom_checked(actor=actor, given=data.custom, before={})
    customer = Customer(demo=actor.demo, custom=custom, **values)
    if customer.owner_id is None and customer.team_id is None and actor.scope(access.EDIT) < Scope.ALL:
        customer.owner_id = actor.user_id
    with transaction.atomic():
        lock_codes(demo=actor.demo)
        identities = checked_identities(actor=actor, customer_id=None, given=data.identities)
        named(customer, fallback=identities[0].value if identities else "")
        check_links(actor=actor, customer=customer)
        with change_set(actor=actor, kind="edit", title=gettext("New customer: %(name)s") % {"name": customer.name}):
            customer.save(force_insert=True)
            if not Customer.objects.visible_to(actor, access.EDIT).filter(pk=customer.pk).exists():
                raise InvalidError({"owner_id": _("You can add customers of your own or of your team only.")})
            identities_replace(customer=customer, wanted=identities)
            tags_replace(customer=customer, names=data.tags)
            publish(
                CustomersCreated(customer_ids=(customer.pk,), source=customer.source, demo=customer.demo), actor=actor
            )
    return customer


def customer_update(*, actor: Actor, customer: Customer, changes: Mapping[str, Any], version: int | None) -> Customer:
    """Change fields, and with `identities` or `tags` replace these whole; gives the customer as it stands now.

    `custom` gives custom fields by key: those that are left out stay, an empty value takes one out.

    `version` is what the one who changes has read: ConflictError when somebody changed the record since; None writes
    over whatever is there. Raises NotAllowed, InvalidError, and Customer.DoesNotExist when it may not be changed.
    """
    actor.require(access.EDIT)
    given = dict(changes)
    tags: Sequence[str] | None = given.pop("tags", None)
    identities: Sequence[IdentityData] | None = given.pop("identities", None)
    custom: Mapping[str, Any] | None = given.pop("custom", None)
    refuse_hidden(actor, given)
    values = checked(given)
    with transaction.atomic():
        if identities is not None:
            lock_codes(demo=actor.demo)
        kept = Customer.objects.visible_to(actor, access.EDIT).select_for_update(of=("self",)).get(pk=customer.pk)
        if version is not None and version != kept.version:
            raise _conflict(kept, version=version, names=changes)
        wanted = None if identities is None else checked_identities(actor=actor, customer_id=kept.pk, given=identities)
        before = {name: getattr(kept, name) for name in (*FIELDS, "custom")}
        for name, value in values.items():
            setattr(kept, name, value)
        if custom is not None:
            kept.custom = custom_checked(actor=actor, given=custom, before=kept.custom)
        if kept.kind == CustomerKind.PERSON:
            kept.parent_id = None
        if any(name in values for name in NAMES):
            renamed(kept, values)
        check_links(actor=actor, customer=kept)
        changed = [name for name in (*FIELDS, "custom") if getattr(kept, name) != before[name]]
        with change_set(actor=actor, kind="edit", title=gettext("Change of %(name)s") % {"name": kept.name}):
            if wanted is not None and identities_replace(customer=kept, wanted=wanted):
                changed.append("identities")
            if tags is not None and tags_replace(customer=kept, names=tags):
                changed.append("tags")
            if changed:
                kept.version += 1
                kept.updated_at = timezone.now()
                kept.save(
                    update_fields=[
                        *(n for n in changed if n in before),
                        "search_key",
                        "sort_key",
                        "version",
                        "updated_at",
                    ]
                )
                publish(CustomersChanged(customer_ids=(kept.pk,), fields=tuple(changed), demo=kept.demo), actor=actor)
    return kept


def renamed(customer: Customer, values: Mapping[str, Any]) -> None:
    """A new whole name makes new parts, new parts make a new whole name, unless both are given."""
    parts = any(name in values for name in ("given_name", "family_name"))
    if parts and not values.get("name"):
        customer.name = ""
    elif "name" in values and not parts:
        customer.given_name = customer.family_name = ""
        if "honorific" not in values:
            customer.honorific = ""
    named(customer, fallback="")


def named(customer: Customer, *, fallback: str) -> None:
    """Make whole name, parts and keys of what the customer has; InvalidError where that is nothing."""
    name = name_of(
        kind=customer.kind,
        name=customer.name,
        honorific=customer.honorific,
        given=customer.given_name,
        family=customer.family_name,
    )
    whole = name.name or fallback
    if not whole:
        raise InvalidError({"name": _("Type a name, or at least a phone or an e-mail.")})
    customer.name = whole
    customer.honorific, customer.given_name, customer.family_name = name.honorific, name.given, name.family
    customer.search_key, customer.sort_key = search_key_of(whole), sort_key_of(whole)


def _conflict(customer: Customer, *, version: int, names: Mapping[str, Any]) -> ConflictError:
    """Who changed it last, and what the fields that were to be changed are by now."""
    last = (
        Change.objects.filter(table_name="customers_customer", row_id=customer.pk)
        .order_by("-id")
        .values_list("change_set__actor_name", "at")
        .first()
    )
    theirs = [Theirs(field=name, value=getattr(customer, name)) for name in names if name in FIELDS]
    theirs += [Theirs(field=f"{PREFIX}{key}", value=customer.custom.get(key)) for key in names.get("custom", ())]
    return ConflictError(
        version=customer.version, by=(last[0] or "") if last else "", at=last[1] if last else None, theirs=theirs
    )
