"""The tables of this room."""

from __future__ import annotations

from peyvand.channels.conversations.models.moves import EntryMove
from peyvand.channels.conversations.models.presence import Presence
from peyvand.channels.conversations.models.routing import Alarm, Answerer, RoutingRule, RoutingSettings
from peyvand.channels.conversations.models.saved import SavedReply
from peyvand.channels.conversations.models.tags import ConversationTag, Tagging
from peyvand.channels.conversations.models.talks import (
    Conversation,
    ConversationRead,
    Entry,
    EntryFile,
    Mention,
    State,
    Way,
)

__all__ = [
    "Alarm",
    "Answerer",
    "Conversation",
    "ConversationRead",
    "ConversationTag",
    "Entry",
    "EntryFile",
    "EntryMove",
    "Mention",
    "Presence",
    "RoutingRule",
    "RoutingSettings",
    "SavedReply",
    "State",
    "Tagging",
    "Way",
]
