"""Addresses to which nothing goes: by a bounce, a complaint, a word of the customer, a colleague."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.channels.outreach import access
from peyvand.channels.outreach.addresses import digest_of
from peyvand.channels.outreach.declarations import Carrier
from peyvand.channels.outreach.errors import InvalidError
from peyvand.channels.outreach.models import Message, Reason, State, Suppression
from peyvand.events.outreach import AddressSuppressed
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.outbox.services import publish
from peyvand.foundation.registry.actor import Actor, system_actor
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.text.identifiers import IdentifierError
from peyvand.memory.customers.keys import identity_key
from peyvand.memory.customers.models import Customer, Identity


def suppress(
    *,
    demo: bool,
    channel: str,
    address_key: str,
    reason: str,
    address: str = "",
    customer_id: int | None = None,
    line: str = "",
    kinds: Sequence[str] = (),
    source: str = "",
    until: datetime | None = None,
    actor: Actor | None = None,
) -> Suppression:
    """Let nothing go to that address over that channel; what waits for it is refused at the gate. Saying it twice
    changes nothing, but that a wider one replaces a narrower.
    """
    by = actor or system_actor(demo=demo)
    with transaction.atomic():
        digest = digest_of(channel, address_key)
        found = Suppression.objects.select_for_update(of=("self",)).filter(
            demo=demo, channel=channel, digest=digest, line=line
        ).first()  # fmt: skip
        if found is not None and not (found.kinds and not kinds) and found.until is None:
            return found
        with change_set(actor=by, kind="edit", title=gettext("Address kept from messages")):
            made = found or Suppression(demo=demo, channel=channel, digest=digest, line=line)
            made.address, made.customer_id, made.reason = address or address_key, customer_id, reason
            made.kinds, made.source, made.until = list(kinds), source[:200], until
            made.save()
            publish(AddressSuppressed(customer_id=customer_id, channel=channel, reason=reason, demo=demo), actor=by)
        held_again(demo=demo, customer_ids=[customer_id] if customer_id else [], address_key=address_key)
    return made


def held_again(*, demo: bool, customer_ids: Sequence[int], address_key: str = "") -> int:
    """Held messages to them are looked at again now: what held them, or would refuse them, has changed."""
    to = Q(customer_id__in=list(customer_ids))
    held = Message.objects.filter(to | Q(address_key=address_key) if address_key else to, demo=demo, state=State.HELD)
    return held.update(state=State.PENDING, held_until=None)


def suppression_add(*, actor: Actor, channel: str, address: str, note: str = "") -> Suppression:
    """Put an address on the list by hand. NotAllowed, InvalidError."""
    actor.require(access.MANAGE)
    if not registry.has(Carrier, channel):
        raise InvalidError({"channel": _("Choose one of the channels.")})
    identity = registry.get(Carrier, channel).identity
    try:
        key = identity_key(identity, address)
    except IdentifierError as error:
        raise InvalidError({"address": str(error)}) from None
    owner = (
        Identity.objects.filter(demo=actor.demo, kind=identity, key=key).values_list("customer_id", flat=True).first()
    )
    return suppress(
        demo=actor.demo, channel=channel, address_key=key, address=address.strip(), customer_id=owner,
        reason=Reason.STAFF, source=note.strip()[:200], actor=actor,
    )  # fmt: skip


def suppression_remove(*, actor: Actor, suppression: Suppression) -> int:
    """Take an address off the list; gives the change set. What a customer said themselves stays: NotAllowed aside,
    InvalidError for those who asked to be forgotten.
    """
    actor.require(access.MANAGE)
    with transaction.atomic():
        found = Suppression.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=suppression.pk)
        if found.reason == Reason.ERASED:
            raise InvalidError({"reason": _("They asked to be forgotten; this stays.")})
        with change_set(actor=actor, kind="edit", title=gettext("Address allowed again")) as made:
            found.delete()
    return made.pk


def suppressed_customer(*, actor: Actor, customer: Customer) -> list[Suppression]:
    """What stands against the addresses of one customer."""
    digests = {
        digest_of(carrier.name, one.key)
        for carrier in registry.all(Carrier)
        for one in Identity.objects.filter(customer=customer, kind=carrier.identity)
    }
    for carrier in registry.all(Carrier):
        pairs = carrier.addresses([customer.pk]) if carrier.addresses is not None else {}
        digests |= {digest_of(carrier.name, key) for key, _value in pairs.get(customer.pk, ())}
    return list(Suppression.objects.filter(demo=actor.demo, digest__in=digests).order_by("-at"))
