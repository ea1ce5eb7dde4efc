"""Who it is that one talks with, once somebody knows."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.channels.conversations import access
from peyvand.channels.conversations.declarations import OtherSide
from peyvand.channels.conversations.errors import InvalidError
from peyvand.channels.conversations.models import Conversation
from peyvand.channels.conversations.services.standing import locked
from peyvand.channels.conversations.waking import wake
from peyvand.events.conversations import ConversationChanged
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.outbox.services import publish
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.registry import registry
from peyvand.memory.customers.access import EDIT, VIEW
from peyvand.memory.customers.models import Customer

AT_ONCE = 200


def customer_known(*, actor: Actor, conversation_id: int, customer_id: int) -> int:
    """Say who it is; gives the change set. Their channel learns of it too.

    NotAllowed, Conversation.DoesNotExist, Customer.DoesNotExist, InvalidError when it is somebody already.
    """
    actor.require(VIEW)
    actor.require(EDIT)
    with transaction.atomic():
        found = locked(actor, conversation_id, access.REPLY)
        customer = Customer.objects.visible_to(actor, EDIT).get(pk=customer_id)
        if found.customer_id is not None:
            raise InvalidError({"customer": _("It is known already who this is.")})
        title = gettext("It is known who wrote")
        with change_set(actor=actor, kind="edit", title=title, reference={"conversation": found.pk}) as made:
            _put(found, customer, actor)
        if registry.has(OtherSide, found.channel):
            registry.get(OtherSide, found.channel).known(actor, found, customer)
    return made.pk


def address_known(*, actor: Actor, channel: str, address: str, customer: Customer) -> int:
    """The conversations of an address that was nobody's are this customer's now; gives how many. For channels."""
    with transaction.atomic():
        rows = Conversation.objects.select_for_update(of=("self",)).filter(
            demo=actor.demo, channel=channel, address=address, customer=None
        )
        found = list(rows.order_by("pk")[:AT_ONCE])
        if found:
            with change_set(actor=actor, kind="edit", title=gettext("It is known who wrote")):
                for one in found:
                    _put(one, customer, actor)
    return len(found)


def _put(conversation: Conversation, customer: Customer, actor: Actor) -> None:
    conversation.customer = customer
    conversation.version += 1
    conversation.save(update_fields=["customer", "version"])
    publish(ConversationChanged(conversation.pk, customer.pk, "known", timezone.now(), actor.demo), actor=actor)
    wake(conversation.pk)
