"""The verbs on conversations."""

from __future__ import annotations

from peyvand.channels.conversations.services.answering import ReplyData, ReplyFile, note, reply
from peyvand.channels.conversations.services.arranging import (
    AnswererData,
    RuleData,
    SettingsData,
    answerer_save,
    rule_move,
    rule_remove,
    rule_save,
    settings_save,
)
from peyvand.channels.conversations.services.bulk import Bulk, BulkData, bulk
from peyvand.channels.conversations.services.joining import merge, split
from peyvand.channels.conversations.services.knowing import address_known, customer_known
from peyvand.channels.conversations.services.presence import presence_forget, present
from peyvand.channels.conversations.services.receiving import file_add, file_missed, receive
from peyvand.channels.conversations.services.routing import reroute_due, route
from peyvand.channels.conversations.services.saving import SavedData, saved_remove, saved_save
from peyvand.channels.conversations.services.standing import assign, close, read_mark, reopen, snooze, wake_snoozed
from peyvand.channels.conversations.services.tagging import tag_add, tag_remove
from peyvand.channels.conversations.services.telling import tell_due

__all__ = [
    "AnswererData",
    "Bulk",
    "BulkData",
    "ReplyData",
    "ReplyFile",
    "RuleData",
    "SavedData",
    "SettingsData",
    "address_known",
    "answerer_save",
    "assign",
    "bulk",
    "close",
    "customer_known",
    "file_add",
    "file_missed",
    "merge",
    "note",
    "presence_forget",
    "present",
    "read_mark",
    "receive",
    "reopen",
    "reply",
    "reroute_due",
    "route",
    "rule_move",
    "rule_remove",
    "rule_save",
    "saved_remove",
    "saved_save",
    "settings_save",
    "snooze",
    "split",
    "tag_add",
    "tag_remove",
    "tell_due",
    "wake_snoozed",
]
