"""The visitor behind a submission, as the room of sites knows them."""

from __future__ import annotations

from peyvand.channels.sites import queries, services
from peyvand.channels.sites.models import Proof, Visitor
from peyvand.channels.sites.tokens import is_token
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.customers.models import Customer


def visitor_of(*, site_key: str, token: str, demo: bool) -> Visitor | None:
    """The visitor whose browser holds that token; None for none of ours, or of the other business."""
    if not site_key or not is_token(token):
        return None
    site = queries.site_by_key(site_key)
    if site is None or site.demo != demo or not site.active:
        return None
    found: Visitor | None = queries.visitor_of(site, token)
    return found


def claimed(*, visitor: Visitor | None, kind: str, values: list[str]) -> None:
    """Note what a visitor says of themselves; it proves nothing."""
    for value in values if visitor is not None else ():
        services.claim(visitor=visitor, kind=kind, value=value)


def proven(*, actor: Actor, site_key: str, visitor_key: str, customer: Customer, note: str) -> None:
    """A form whose address was confirmed: the visitor is that customer, unless they are somebody else already."""
    found = Visitor.objects.filter(site__key=site_key, key=visitor_key, demo=actor.demo).first()
    if found is not None and found.customer_id is None:
        services.known(actor=actor, visitor=found, customer=customer, how=Proof.FORM, note=note)
