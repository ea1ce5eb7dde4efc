"""This room's piece of a customer's page: the timeline with its composer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from peyvand.foundation.accounts import settings
from peyvand.foundation.money.currencies import RIAL
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.lists import BadCursorError
from peyvand.foundation.ui.pieces import by_day
from peyvand.foundation.ui.reader import current_reader
from peyvand.memory.interactions import access, queries, showing
from peyvand.memory.interactions.queries import InteractionFilter

SIZE = 30


def cost_unit() -> str:
    """The unit in which costs are typed: toman where rials are read so, else the workspace's currency."""
    currency = settings.text("default_currency")
    return "IRT" if currency == RIAL and current_reader().toman else currency


def timeline(actor: Actor, customer: Any, query: Mapping[str, str]) -> Mapping[str, Any] | None:
    """The newest page of what happened, filtered by kind, with the composer for those who may record."""
    return {
        **page(actor=actor, customer=customer, query=query),
        "kinds": queries.kinds(),
        "unit": cost_unit(),
        "may_record": may_record(actor, customer),
    }


def may_record(actor: Actor, customer: Any) -> bool:
    """Whether the actor may add to this customer's history; mostly known without asking the database."""
    if not actor.may(access.EDIT):
        return False
    if access.interaction_scope(actor, access.EDIT) >= actor.scope("customers.view"):
        return True
    return access.customers_within(actor, access.EDIT).filter(pk=customer.pk).exists()


def page(*, actor: Actor, customer: Any, query: Mapping[str, str]) -> dict[str, Any]:
    """One page of the timeline, and the address of the older one."""
    known = {kind.name for kind in queries.kinds()}
    kind = query.get("kind", "") if query.get("kind", "") in known else ""
    chosen = InteractionFilter(kinds=(kind,) if kind else ())
    try:
        found = queries.timeline(
            actor=actor, customer_id=customer.pk, before=query.get("older") or None, size=SIZE, chosen=chosen
        )
    except BadCursorError:
        found = queries.timeline(actor=actor, customer_id=customer.pk, size=SIZE, chosen=chosen)
    more = ""
    if found.next_cursor:
        said = {"kind": kind, "older": found.next_cursor}
        older = urlencode({name: value for name, value in said.items() if value})
        more = f"{reverse('interactions:older', args=[customer.pk])}?{older}"
    return {
        "customer": customer,
        "kind": kind,
        "days": by_day(showing.items(found.rows, may_edit=may_record(actor, customer))),
        "more_url": more,
    }
