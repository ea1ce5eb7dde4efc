"""What other programs are told of conversations: ids and moments, nothing of what was said."""

from __future__ import annotations

from datetime import UTC, datetime

from django.utils.translation import gettext_lazy as _

from peyvand.events.conversations import (
    ConversationAnswered,
    ConversationChanged,
    ConversationReceived,
    ValuableWaiting,
)
from peyvand.foundation.webhooks.declarations import WebhookEvent
from peyvand.foundation.webhooks.handlers import going_out

GROUP = _("Conversations")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)

WEBHOOKS = going_out(
    WebhookEvent(
        name="conversation.received", label=_("A customer has written"), group=GROUP, event=ConversationReceived,
        order=140,
        subjects=lambda event: (event.conversation_id,),
        payload=lambda event, ids: {
            "conversation_id": event.conversation_id, "entry_id": event.entry_id, "customer_id": event.customer_id,
            "channel": event.channel, "first": event.first, "automatic": event.automatic,
        },
        sample=ConversationReceived(311, 902, 1042, "sms", True, False, NOON, demo=False),
    ),
    WebhookEvent(
        name="conversation.answered", label=_("A customer was answered"), group=GROUP, event=ConversationAnswered,
        order=141,
        subjects=lambda event: (event.conversation_id,),
        payload=lambda event, ids: {
            "conversation_id": event.conversation_id, "entry_id": event.entry_id, "customer_id": event.customer_id,
            "channel": event.channel, "staff_id": event.staff_id, "waited_s": event.waited_s,
        },
        sample=ConversationAnswered(311, 903, 1042, "sms", 7, 540, NOON, demo=False),
    ),
    WebhookEvent(
        name="conversation.changed", label=_("Conversation given on, put aside, closed or opened again"), group=GROUP,
        event=ConversationChanged, order=142,
        subjects=lambda event: (event.conversation_id,),
        payload=lambda event, ids: {
            "conversation_id": event.conversation_id, "customer_id": event.customer_id, "what": event.what,
        },
        sample=ConversationChanged(311, 1042, "closed", NOON, demo=False),
    ),
    WebhookEvent(
        name="conversation.valuable_waiting", label=_("A customer of high value waits too long"), group=GROUP,
        event=ValuableWaiting, order=143,
        subjects=lambda event: (event.conversation_id,),
        payload=lambda event, ids: {
            "conversation_id": event.conversation_id, "customer_id": event.customer_id, "waited_s": event.waited_s,
        },
        sample=ValuableWaiting(311, 1042, "champion", 3_900, NOON, demo=False),
    ),
)  # fmt: skip
