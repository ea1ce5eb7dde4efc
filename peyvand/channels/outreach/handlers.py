"""What this room does when others speak. It looks at what is, not at what was said, so hearing twice does no harm."""

from __future__ import annotations

from peyvand.channels.outreach.models import Message, Moving
from peyvand.channels.outreach.services.suppressions import held_again
from peyvand.events.consents import ConsentsChanged
from peyvand.events.matching import CustomersUnmerged
from peyvand.foundation.registry.actor import Actor


def consents_changed(event: ConsentsChanged, *, event_id: int, actor: Actor) -> None:
    """What is held for these customers is judged by what they allow now."""
    held_again(demo=event.demo, customer_ids=event.customer_ids)


def customers_unmerged(event: CustomersUnmerged, *, event_id: int, actor: Actor) -> None:
    """The messages of the record that is there again go back to it."""
    for moving in Moving.objects.filter(gone_id=event.gone_id, kept_id=event.kept_id, demo=event.demo):
        Message.objects.filter(pk__in=moving.message_ids, customer_id=event.kept_id).update(customer_id=event.gone_id)
        moving.delete()
