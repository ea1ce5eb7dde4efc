"""What this room does when others tell of something. They look at what is, so twice is once."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from peyvand.channels.conversations.models import Conversation
from peyvand.channels.conversations.services import address_known
from peyvand.channels.webchat.models import Chat
from peyvand.channels.webchat.services.afterwards import chats_of, joined, rate_ask
from peyvand.channels.webchat.services.chatting import CHANNEL
from peyvand.channels.webchat.services.lines import chat_locked
from peyvand.events.conversations import ConversationChanged
from peyvand.events.sites import VisitorKnown
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.customers.models import Customer


def visitor_known(event: VisitorKnown, *, event_id: UUID | int, actor: Actor) -> None:
    """What a visitor wrote before it was known who they are is the customer's."""
    customer = Customer.objects.filter(pk=event.customer_id, demo=event.demo).first()
    if customer is not None:
        address_known(actor=actor, channel=CHANNEL, address=event.key, customer=customer)


def conversation_changed(event: ConversationChanged, *, event_id: UUID | int, actor: Actor) -> None:
    """Who is given a chat is named to the visitor; when it is closed, they are asked how it was."""
    if event.what == "closed":
        for chat in chats_of([event.conversation_id]):
            rate_ask(chat_id=chat.pk, event=str(event_id))
    elif event.what == "assigned":
        talk = Conversation.objects.filter(pk=event.conversation_id).first()
        if talk is not None and talk.assignee_id is not None:
            for chat in chats_of([talk.pk]):
                _joined(chat, talk.assignee_id)


def _joined(chat: Chat, staff_id: int) -> None:
    with transaction.atomic():
        joined(chat_locked(pk=chat.pk), staff_id)
