"""The verbs: record, correct, pin, attach."""

from __future__ import annotations

from peyvand.memory.interactions.services.attaching import file_add, file_open, file_remove
from peyvand.memory.interactions.services.correcting import ChangedMeanwhileError, interaction_correct
from peyvand.memory.interactions.services.errors import InvalidError
from peyvand.memory.interactions.services.joining import Recognised, attach, detach, joinings
from peyvand.memory.interactions.services.many import Recorded, StaffRow, one_record, staff_record
from peyvand.memory.interactions.services.pinning import interaction_pin, interaction_unpin
from peyvand.memory.interactions.services.rating import rate_remove, rate_save
from peyvand.memory.interactions.services.recording import Grown, InteractionRow, grow, record, record_many, recorded
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
    "ChangedMeanwhileError",
    "Grown",
    "InteractionRow",
    "InvalidError",
    "Recognised",
    "Recorded",
    "StaffRow",
    "attach",
    "call_log",
    "detach",
    "file_add",
    "file_open",
    "file_remove",
    "grow",
    "interaction_correct",
    "interaction_delete",
    "interaction_pin",
    "interaction_unpin",
    "joinings",
    "meeting_log",
    "note_add",
    "one_record",
    "rate_remove",
    "rate_save",
    "record",
    "record_many",
    "recorded",
    "refill",
    "sample_remove",
    "staff_record",
]
