"""The verbs on conversations."""

from __future__ import annotations

from peyvand.channels.conversations.services.answering import ReplyData, note, reply
from peyvand.channels.conversations.services.receiving import receive
from peyvand.channels.conversations.services.saving import SavedData, saved_remove, saved_save
from peyvand.channels.conversations.services.standing import assign, close, read_mark, reopen, snooze, wake_snoozed

__all__ = [
    "ReplyData",
    "SavedData",
    "assign",
    "close",
    "note",
    "read_mark",
    "receive",
    "reopen",
    "reply",
    "saved_remove",
    "saved_save",
    "snooze",
    "wake_snoozed",
]
