"""Customers in the command palette."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Hit
from peyvand.foundation.text.lists import joined
from peyvand.foundation.ui.formats import number
from peyvand.memory.customers import access, lists, queries
from peyvand.memory.customers.models import CustomerKind


def hits(actor: Actor, text: str, limit: int) -> Sequence[Hit]:
    """People and organisations by part of a name, phone end, e-mail or code."""
    found = queries.customers_search(actor=actor, text=text, limit=limit)
    guess = gettext("Did you mean this?")
    return [
        Hit(
            title=customer.name,
            subtitle=guess if found.guessed else joined(filter(None, (customer.job_title, customer.city))),
            icon="building" if customer.kind == CustomerKind.ORGANISATION else "user",
            url=reverse("customers:one", args=[customer.pk]),
            organisation=customer.kind == CustomerKind.ORGANISATION,
        )
        for customer in found.rows
    ]


def list_hits(actor: Actor, text: str, limit: int) -> Sequence[Hit]:
    """Lists of customers by part of their name."""
    if not actor.may(access.VIEW) or not text.strip():
        return []
    found = list(lists.lists(actor=actor).filter(name__icontains=text.strip())[:limit])
    counts = lists.member_counts(actor=actor, ids=[one.pk for one in found])
    words = {one.pk: ngettext("%(n)s member", "%(n)s members", counts.get(one.pk, 0)) for one in found}
    return [
        Hit(
            title=one.name,
            subtitle=words[one.pk] % {"n": number(counts.get(one.pk, 0))},
            icon="list-details",
            url=reverse("customers:list-one", args=[one.pk]),
        )
        for one in found
    ]
