"""This room's pieces of a customer's page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone

from peyvand.foundation.fields.kinds import shown, value_of
from peyvand.foundation.fields.queries import customs
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.formats import local_date
from peyvand.memory.customers import access, queries
from peyvand.memory.customers import lists as list_queries
from peyvand.memory.customers.fields import LANGUAGES, RECORD
from peyvand.memory.customers.models import Customer, CustomerKind, IdentityKind
from peyvand.memory.customers.stages import stage_choices
from peyvand.memory.customers.web.showing import icon_of, system_words


def identities(actor: Actor, customer: Any, query: Mapping[str, str]) -> Mapping[str, Any] | None:
    """Phones, e-mails and codes, the primary one of each kind first."""
    rows = queries.identities_of(actor=actor, customer=customer)
    return {
        "customer": customer,
        "identities": [(row, icon_of(row)) for row in rows],
        "may_edit": queries.may_edit(actor=actor, customer=customer),
        "kinds": [(kind.value, kind.label) for kind in IdentityKind if kind != IdentityKind.VISITOR],
        "systems": system_words(),
    }


def details(actor: Actor, customer: Any, query: Mapping[str, str]) -> Mapping[str, Any] | None:
    """Owner, city, birthday and the like, with tags and lists."""
    marks = list_queries.marks_of(actor=actor, customer=customer)
    return {
        "customer": customer,
        "stage": dict(stage_choices(actor)).get(customer.stage, customer.stage) if customer.stage else "",
        "language": dict(LANGUAGES).get(customer.language, customer.language),
        "birthday": next_birthday(customer.birth_date) if customer.birth_date else None,
        "tags": marks.tags,
        "lists": marks.lists,
        "may_list": actor.may(access.LISTS),
        "custom": [
            {"field": one, "value": value, "text": shown(one, value)}
            for one in (customs(actor=actor, record=RECORD) if customer.custom else ())
            if (value := value_of(one, customer.custom.get(one.key))) is not None
        ],
        "may_edit": queries.may_edit(actor=actor, customer=customer),
    }


def relations(actor: Actor, customer: Any, query: Mapping[str, str]) -> Mapping[str, Any] | None:
    """A person's organisations, or an organisation's people, parent and parts."""
    found = queries.relations_of(actor=actor, customer=customer)
    organisation = customer.kind == CustomerKind.ORGANISATION
    family: list[Customer] = []
    if organisation:
        near = Q(parent=customer) | Q(pk=customer.parent_id)
        family = list(Customer.objects.visible_to(actor).filter(near).order_by("sort_key")[:30])
    may_edit = queries.may_edit(actor=actor, customer=customer)
    if not (found or family or may_edit):
        return None
    return {
        "customer": customer,
        "relations": [(row, row.person if organisation else row.organisation) for row in found],
        "family": [(one, one.pk == customer.parent_id) for one in family],
        "may_edit": may_edit,
    }


def next_birthday(born: date) -> tuple[date, int]:
    """The next birthday and in how many days it is, by the Gregorian date; 29 February is kept on the 28th."""
    today = local_date(timezone.now())
    for year in (today.year, today.year + 1):
        try:
            day = born.replace(year=year)
        except ValueError:
            day = date(year, 2, 28)
        if day >= today:
            return day, (day - today).days
    return born, 0
