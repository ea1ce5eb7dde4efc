"""Verbs on what people are in organisations."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.events.customers import CustomersChanged
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.outbox.services import publish
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.text.keys import clean
from peyvand.foundation.ui.formats import local_date
from peyvand.memory.customers import access
from peyvand.memory.customers.errors import InvalidError
from peyvand.memory.customers.models import Customer, CustomerKind, Relation
from peyvand.memory.customers.services.touching import editable


def relation_add(
    *, actor: Actor, person: Customer, organisation: Customer, role: str, since: date | None = None,
    until: date | None = None, is_main: bool = False,
) -> Relation:  # fmt: skip
    """Say what a person is in an organisation; said again, what was said before is replaced.

    One who may change either of the two may say it, if both are seen. Raises NotAllowed, InvalidError, DoesNotExist.
    """
    actor.require(access.EDIT)
    if person.kind != CustomerKind.PERSON or organisation.kind != CustomerKind.ORGANISATION:
        raise InvalidError({"": _("Choose a person and an organisation.")})
    values = _checked(role=role, since=since, until=until, is_main=is_main)
    with transaction.atomic():
        _one_editable(actor=actor, person=person, organisation=organisation)
        with change_set(actor=actor, kind="edit", title=_title(person, organisation)):
            if is_main:
                _no_other_main(organisation.pk, but=person.pk)
            relation, _made = Relation.objects.update_or_create(
                person=person, organisation=organisation, defaults=values,
                create_defaults={**values, "demo": actor.demo},
            )  # fmt: skip
            _tell(actor=actor, relation=relation)
    return relation


def relation_change(
    *, actor: Actor, relation: Relation, role: str, since: date | None, until: date | None, is_main: bool
) -> Relation:
    """Say anew what the person is there, from when until when, and whether they are the one to speak to first."""
    return relation_add(
        actor=actor, person=relation.person, organisation=relation.organisation, role=role, since=since, until=until,
        is_main=is_main,
    )  # fmt: skip


def _checked(*, role: str, since: date | None, until: date | None, is_main: bool) -> dict[str, Any]:
    text = clean(role)
    errors: dict[str, Label] = {}
    if len(text) > 120:
        errors["role"] = _("Say the role in at most 120 letters.")
    for name, value in (("since", since), ("until", until)):
        if value is not None and not date(1850, 1, 1) <= value <= date(2200, 1, 1):
            errors[name] = _("This can't be the day.")
    if since is not None and until is not None and until < since:
        errors["until"] = _("The last day comes before the first.")
    if is_main and until is not None and until < local_date(timezone.now()):
        errors["is_main"] = _("Somebody who is no longer there can't be the main contact.")
    if errors:
        raise InvalidError(errors)
    return {"role": text, "since": since, "until": until, "is_main": is_main}


def _no_other_main(organisation_id: int, *, but: int) -> None:
    Relation.objects.filter(organisation_id=organisation_id, is_main=True).exclude(person_id=but).update(is_main=False)


def relation_remove(*, actor: Actor, relation: Relation) -> None:
    """Say that the person is nothing in the organisation any more."""
    actor.require(access.EDIT)
    with transaction.atomic():
        person, organisation = relation.person, relation.organisation
        _one_editable(actor=actor, person=person, organisation=organisation)
        with change_set(actor=actor, kind="edit", title=_title(person, organisation)):
            _tell(actor=actor, relation=relation)
            relation.delete()


def _title(person: Customer, organisation: Customer) -> str:
    return gettext("%(person)s in %(organisation)s") % {"person": person.name, "organisation": organisation.name}


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
