"""This room's pieces of other screens: joining a chat to a customer, going on from a site's chat in a messenger."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from peyvand.channels.messengers import queries
from peyvand.channels.messengers.adapters import ADAPTERS
from peyvand.channels.sites.declarations import ChatElsewhere
from peyvand.channels.sites.models import Site
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.customers.access import EDIT
from peyvand.memory.customers.models import Customer


def link(actor: Actor, customer: Any, query: Mapping[str, str]) -> Mapping[str, Any] | None:
    """A button that makes a code, where there is a bot to say it to and one may change the customer."""
    if not queries.linkable(demo=actor.demo):
        return None
    if not Customer.objects.visible_to(actor, EDIT).filter(pk=customer.pk).exists():
        return None
    return {"customer": customer}


def elsewhere(messenger: str, site: Site, code: str) -> str:
    """The way from a site's chat into the first bot of that messenger, "" where there is none."""
    found = (one.url for one in queries.links(demo=site.demo, code=code) if one.messenger == messenger)
    return next(found, "")


ELSEWHERE = tuple(
    ChatElsewhere(one.name, one.label, one.icon, partial(elsewhere, one.name)) for one in ADAPTERS.values() if one.link
)
