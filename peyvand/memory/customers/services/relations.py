"""Verbs on what people are in organisations."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.events.customers import CustomersChanged
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.outbox.services import publish
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.keys import clean
from peyvand.memory.customers import access
from peyvand.memory.customers.errors import InvalidError
from peyvand.memory.customers.models import Customer, CustomerKind, Relation
from peyvand.memory.customers.services.touching import editable


def relation_add(*, actor: Actor, person: Customer, organisation: Customer, role: str) -> Relation:
    """Say what a person is in an organisation; said again, the role is replaced.

    One who may change either of the two may say it, if both are seen. Raises NotAllowed, InvalidError, DoesNotExist.
    """
    actor.require(access.EDIT)
    if person.kind != CustomerKind.PERSON or organisation.kind != CustomerKind.ORGANISATION:
        raise InvalidError({"": _("Choose a person and an organisation.")})
    text = clean(role)
    if len(text) > 120:
        raise InvalidError({"role": _("Say the role in at most 120 letters.")})
    with transaction.atomic():
        _one_editable(actor=actor, person=person, organisation=organisation)
        title = gettext("%(person)s in %(organisation)s") % {"person": person.name, "organisation": organisation.name}
        with change_set(actor=actor, kind="edit", title=title):
            relation, _made = Relation.objects.update_or_create(
                person=person, organisation=organisation, defaults={"role": text}, create_defaults={
                    "role": text, "demo": actor.demo,
                },
            )  # fmt: skip
            _tell(actor=actor, relation=relation)
    return relation


def relation_remove(*, actor: Actor, relation: Relation) -> None:
    """Say that the person is nothing in the organisation any more."""
    actor.require(access.EDIT)
    with transaction.atomic():
        person, organisation = relation.person, relation.organisation
        _one_editable(actor=actor, person=person, organisation=organisation)
        title = gettext("%(person)s in %(organisation)s") % {"person": person.name, "organisation": organisation.name}
        with change_set(actor=actor, kind="edit", title=title):
            _tell(actor=actor, relation=relation)
            relation.delete()


def _one_editable(*, actor: Actor, person: Customer, organisation: Customer) -> None:
    both = {person.pk, organisation.pk}
    if Customer.objects.visible_to(actor).filter(pk__in=both).count() != len(both):
        raise Customer.DoesNotExist
    first = Customer.objects.visible_to(actor, access.EDIT).filter(pk__in=both).order_by("pk").first()
    if first is None:
        raise Customer.DoesNotExist
    editable(actor=actor, customer_id=first.pk)


def _tell(*, actor: Actor, relation: Relation) -> None:
    ids = tuple(sorted((relation.person_id, relation.organisation_id)))
    publish(CustomersChanged(customer_ids=ids, fields=("relations",), demo=actor.demo), actor=actor)
