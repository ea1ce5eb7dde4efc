"""What the warehouse takes of conversations: when each began, was answered and was closed; none of the words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.channels.conversations import access
from peyvand.foundation.registry.declarations import WarehouseFact
from peyvand.memory.customers import access as customers

FACTS = (
    WarehouseFact(
        name="conversations",
        label=_("Conversations"),
        meaning=_("One row a conversation with a customer, over however many channels; merged ones once"),
        needs=(access.VIEW, customers.VIEW),
        leads={"customer_id": "customers"},
        select="""
            SELECT id, demo, customer_id, channel, language, state, created_at, first_in_at, first_answered_at,
                   round((extract(epoch FROM first_answered_at - first_in_at) / 60)::numeric, 2) AS first_answer_m,
                   closed_at,
                   CASE WHEN state = 'closed'
                        THEN round((extract(epoch FROM closed_at - created_at) / 3600)::numeric, 1)
                    END AS closed_h
              FROM conversations_conversation WHERE merged_into_id IS NULL""",
        key="id",
        reads={"conversations_conversation": "id"},
        columns={
            "id": _("Id of the conversation"),
            "demo": _("Whether it belongs to the sample business"),
            "customer_id": _("Id of the customer; empty until known"),
            "channel": _("The channel they last wrote over"),
            "language": _("Language of the conversation: fa, en or empty"),
            "state": _("open, snoozed or closed"),
            "created_at": _("When it began (UTC)"),
            "first_in_at": _("When the customer's first own words came; empty where only machines wrote (UTC)"),
            "first_answered_at": _("When a person of ours first answered them; empty where nobody has (UTC)"),
            "first_answer_m": _("Minutes from their first words to that answer; empty where nobody has"),
            "closed_at": _("When it was closed; empty where it is not (UTC)"),
            "closed_h": _("Hours from its beginning until it was closed; empty where it is not"),
        },
    ),
)  # fmt: skip
