"""This room's piece of a customer's page: the timeline with its composer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from peyvand.foundation.accounts import settings
from peyvand.foundation.accounts.queries import user_names
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui import formats
from peyvand.foundation.ui.lists import BadCursorError
from peyvand.foundation.ui.pieces import by_day
from peyvand.memory.customers.models import IdentityKind
from peyvand.memory.customers.queries import hidden_kinds
from peyvand.memory.interactions import access, queries, services, showing
from peyvand.memory.interactions.asking import NAMES, Asked, asked
from peyvand.memory.interactions.models import Joining, Visibility

SIZE = 30


def cost_unit() -> str:
    """The unit in which costs are typed: toman where rials are read so, else the workspace's currency."""
    currency = settings.text("default_currency")
    return "IRT" if formats.in_toman(currency) else currency


def timeline(actor: Actor, customer: Any, query: Mapping[str, str]) -> Mapping[str, Any] | None:
    """The newest page of what happened, filtered by kind, with the composer for those who may record."""
    may = may_record(actor, customer)
    first = not query.get("older")
    pins = queries.pinned(actor=actor, customer_id=customer.pk) if first else []
    shown = page(actor=actor, customer=customer, query=query)
    return {
        **shown,
        **(_bar(actor, customer, shown["asked"]) if first else {}),
        "pins": showing.items(pins, may_edit=may) if pins else [],
        "joinings": _joinings(actor, customer.pk) if may and shown["joined"] else [],
        "unit": cost_unit(),
        "may_record": may,
        "visibilities": Visibility.choices,
    }


def _joinings(actor: Actor, customer_id: int) -> list[tuple[Joining, str]]:
    """What came from before they were known, each with its address, or its kind where that is hidden."""
    hidden = hidden_kinds(actor)
    return [
        (one, str(IdentityKind(one.identity_kind).label) if one.identity_kind in hidden else one.identity_key)
        for one in services.joinings(actor=actor, customer_id=customer_id)
    ]


def _bar(actor: Actor, customer: Any, wanted: Asked) -> dict[str, Any]:
    """The conditions that are set; the form for others is fetched when somebody opens it."""
    staff = wanted.chosen.staff_id
    people = {str(staff): user_names({staff}).get(staff, "")} if staff is not None else {}
    said = urlencode(wanted.given)
    return {
        "chips": showing.chips(wanted, people=people, kinds=queries.kinds(actor=actor)),
        "problems": wanted.problems,
        "ask_url": f"{reverse('interactions:ask', args=[customer.pk])}?{said}",
    }


def cost(actor: Actor, customer: Any, query: Mapping[str, str]) -> Mapping[str, Any] | None:
    """What serving the customer has cost; fetched after the page."""
    return {"customer": customer}


def may_record(actor: Actor, customer: Any) -> bool:
    """Whether the actor may add to this customer's history; mostly known without asking the database."""
    if not actor.may(access.EDIT):
        return False
    if access.interaction_scope(actor, access.EDIT) >= actor.scope("customers.view"):
        return True
    return access.customers_within(actor, access.EDIT).filter(pk=customer.pk).exists()


def page(*, actor: Actor, customer: Any, query: Mapping[str, str]) -> dict[str, Any]:
    """One page of the timeline, and the address of the older one."""
    wanted = asked(actor=actor, query={name: query.get(name, "") for name in NAMES if name not in ("customer", "who")})
    read = partial(queries.timeline_of, actor=actor, customer_id=customer.pk, size=SIZE, chosen=wanted.chosen)
    try:
        found = read(before=query.get("older") or None)
    except BadCursorError:
        found = read()
    more = ""
    if found.next_cursor:
        older = urlencode({**wanted.given, "older": found.next_cursor})
        more = f"{reverse('interactions:older', args=[customer.pk])}?{older}"
    return {
        "customer": customer,
        "asked": wanted,
        "narrowed": bool(wanted.given),
        "joined": any(row.joining_id is not None for row in found.rows),
        "days": by_day(showing.items(found.rows, may_edit=may_record(actor, customer))),
        "more_url": more,
    }
