"""This room's pieces of a customer's page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils import timezone

from peyvand.foundation.fields.kinds import shown, value_of
from peyvand.foundation.fields.queries import customs
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.formats import local_date
from peyvand.memory.customers import access, queries, structure, traits
from peyvand.memory.customers import lists as list_queries
from peyvand.memory.customers.fields import LANGUAGES, RECORD
from peyvand.memory.customers.models import CustomerKind, IdentityKind
from peyvand.memory.customers.services.traits import SAID
from peyvand.memory.customers.stages import stage_choices
from peyvand.memory.customers.web.showing import icon_of, system_words

SHOWN = 8  # people, or organisations, in the panel; all of them are on a page of their own


def identities(actor: Actor, customer: Any, query: Mapping[str, str]) -> Mapping[str, Any] | None:
    """Phones, e-mails and codes, the primary one of each kind first."""
    rows = queries.identities_of(actor=actor, customer=customer)
    hidden = queries.hidden_kinds(actor)
    counted = Counter(row.kind for row in rows)
    return {
        "customer": customer,
        "identities": [(row, icon_of(row)) for row in rows],
        "several": [kind for kind, count in counted.items() if count > 1],
        "may_edit": queries.may_edit(actor=actor, customer=customer),
        "kinds": [
            (kind.value, kind.label) for kind in IdentityKind if kind != IdentityKind.VISITOR and kind not in hidden
        ],
        "systems": system_words(),
    }


def details(actor: Actor, customer: Any, query: Mapping[str, str]) -> Mapping[str, Any] | None:
    """Owner, city, birthday and the like, with tags and lists."""
    return {
        "customer": customer,
        "stage": dict(stage_choices(actor)).get(customer.stage, customer.stage) if customer.stage else "",
        "language": dict(LANGUAGES).get(customer.language, customer.language),
        "birthday": next_birthday(customer.birth_date) if customer.birth_date else None,
        "tags": queries.tags_of(customer),
        "lists": list_queries.lists_of(actor=actor, customer=customer),
        "may_list": actor.may(access.LISTS),
        "custom": [
            {"field": one, "value": value, "text": shown(one, value)}
            for one in (customs(actor=actor, record=RECORD) if customer.custom else ())
            if (value := value_of(one, customer.custom.get(one.key))) is not None
        ],
        "may_edit": queries.may_edit(actor=actor, customer=customer),
    }


def relations(actor: Actor, customer: Any, query: Mapping[str, str]) -> Mapping[str, Any] | None:
    """A person's organisations, or an organisation's people and the tree that it stands in: the first of each."""
    rows = structure.relations(actor=actor, customer=customer).order_by(*structure.order_of(customer))
    found = list(rows[: SHOWN + 1])
    tree = None
    if customer.kind == CustomerKind.ORGANISATION:
        tree = structure.tree_near(actor=actor, organisation=customer)
    may_edit = queries.may_edit(actor=actor, customer=customer)
    if not (found or may_edit or (tree and tree.total > 1)):
        return None
    return {
        "customer": customer,
        "relations": [(row, structure.other_of(row, customer)) for row in found[:SHOWN]],
        "more": len(found) > SHOWN,
        "tree": tree if tree and tree.total > 1 else None,
        "may_edit": may_edit,
    }


def known(actor: Actor, customer: Any, query: Mapping[str, str]) -> Mapping[str, Any] | None:
    """What is known of them under names: what people say first, then what is computed; with who says so, and when."""
    found = queries.traits_of(customer, actor=actor)
    may_edit = queries.may_edit(actor=actor, customer=customer)
    if not (found or may_edit):
        return None
    rows = [
        {"trait": one, "label": traits.label_of(one), "text": traits.words_of(one), "source": traits.source_words(one)}
        for one in found
    ]
    return {
        "customer": customer,
        "said": [row for row, one in zip(rows, found, strict=True) if one.source in SAID],
        "computed": [row for row, one in zip(rows, found, strict=True) if one.source not in SAID],
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
