"""Who a visitor says that they are. Only what the shop's server signed makes them a customer; the rest is kept as a
claim, which proves nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from peyvand.channels.sites import services as sites
from peyvand.channels.sites.errors import InvalidError
from peyvand.channels.sites.models import Proof, Site, Visitor
from peyvand.channels.web import access
from peyvand.channels.web.events import plain_text
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.registry.actor import Actor, system_actor
from peyvand.memory.customers.access import EDIT
from peyvand.memory.customers.errors import InvalidError as CustomerInvalidError
from peyvand.memory.customers.models import Customer

__all__ = ["InvalidError", "Told", "said_by_staff", "taken_back", "told"]

CLAIMS = ("email", "phone", "name")


@dataclass(frozen=True)
class Told:
    """Whether we know the visitor; `token` is what the browser is to hold from now on, "" for the same."""

    known: bool
    token: str = ""


def told(*, site: Site, token: str, said: Mapping[str, Any], agent: str = "") -> Told:
    """Take what a page says of its visitor: {"id", "system", "signature"} of the shop's server, claims, "remember".

    InvalidError for what is no token of this site.
    """
    visitor = sites.visitor_seen(site=site, token=token, language=plain_text(said.get("lang"), 2), agent=agent)
    made = ""
    code, signature = plain_text(said.get("id"), 254), plain_text(said.get("signature"), 128)
    if code and signature:
        system = plain_text(said.get("system"), 40)
        customer = sites.signed_customer(site=site, code=code, system=system, signature=signature)
        if customer is not None:
            actor = system_actor(demo=site.demo, name=site.name)
            try:
                known = sites.known(actor=actor, visitor=visitor, customer=customer, how=Proof.SIGNATURE)
            except CustomerInvalidError:  # the same proof came twice at once, or they have too many browsers
                visitor.refresh_from_db()
            else:
                visitor, made = known.visitor, known.token
    for name in CLAIMS:
        if value := plain_text(said.get(name), 254):
            sites.claim(visitor=visitor, kind=name, value=value)
    if isinstance(said.get("remember"), bool):
        sites.remember(visitor=visitor, allowed=said["remember"])
    return Told(visitor.customer_id is not None, made)


def said_by_staff(*, actor: Actor, visitor_id: int, customer_id: int) -> Visitor:
    """A colleague knows who this is. NotAllowed; Visitor.DoesNotExist, Customer.DoesNotExist for what isn't theirs."""
    actor.require(EDIT)
    visitor = access.visitors(actor).get(pk=visitor_id)
    customer = Customer.objects.visible_to(actor, EDIT).get(pk=customer_id)
    if visitor.customer_id is not None and visitor.customer_id != customer.pk:
        raise InvalidError({"customer": gettext("This browser is somebody's already. Take that back first.")})
    try:
        return sites.known(actor=actor, visitor=visitor, customer=customer, how=Proof.STAFF).visitor
    except CustomerInvalidError as error:
        raise InvalidError(error.errors) from error


def taken_back(*, actor: Actor, visitor_id: int) -> int:
    """It was not them: what came by this browser leaves the customer. Gives the change set that undoes this.

    NotAllowed; Visitor.DoesNotExist for one whose customer the actor may not change.
    """
    actor.require(EDIT)
    visitor = access.visitors(actor).get(pk=visitor_id)
    if not Customer.objects.visible_to(actor, EDIT).filter(pk=visitor.customer_id or 0).exists():
        raise Visitor.DoesNotExist
    with transaction.atomic(), change_set(actor=actor, kind="edit", title=gettext("Browser taken off")) as made:
        sites.unknown(actor=actor, visitor=visitor)
    return made.pk
