"""The tables of this room."""

from __future__ import annotations

from peyvand.channels.conversations.models.saved import SavedReply
from peyvand.channels.conversations.models.talks import (
    Conversation,
    ConversationRead,
    Entry,
    EntryFile,
    Mention,
    State,
    Way,
)

__all__ = ["Conversation", "ConversationRead", "Entry", "EntryFile", "Mention", "SavedReply", "State", "Way"]
