"""The verbs: record, correct, pin, attach."""

from __future__ import annotations

from peyvand.memory.interactions.services.errors import InvalidError
from peyvand.memory.interactions.services.recording import InteractionRow, record, record_many
from peyvand.memory.interactions.services.staff import (
    CALL,
    MEETING,
    NOTE,
    OWN_KINDS,
    TEXT_LENGTH,
    call_log,
    interaction_delete,
    meeting_log,
    note_add,
)
from peyvand.memory.interactions.services.upkeep import refill, sample_remove

__all__ = [
    "CALL",
    "MEETING",
    "NOTE",
    "OWN_KINDS",
    "TEXT_LENGTH",
    "InteractionRow",
    "InvalidError",
    "call_log",
    "interaction_delete",
    "meeting_log",
    "note_add",
    "record",
    "record_many",
    "refill",
    "sample_remove",
]
