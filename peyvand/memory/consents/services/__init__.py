"""The verbs on what customers allow: the only code that writes the tables of this room."""

from __future__ import annotations

from peyvand.memory.consents.errors import InvalidError
from peyvand.memory.consents.services.ledger import (
    BulkResult,
    ConsentRow,
    consent_give,
    consent_refuse,
    consent_withdraw,
    consents_set,
    consents_write,
    entries_void,
    ledger_take_back,
)
from peyvand.memory.consents.services.merging import follow_merge
from peyvand.memory.consents.services.purposes import (
    PurposeData,
    purpose_archive,
    purpose_move,
    purpose_save,
    purposes_begin,
    purposes_ensure,
    sample_remove,
    wording_save,
)

__all__ = [
    "BulkResult",
    "ConsentRow",
    "InvalidError",
    "PurposeData",
    "consent_give",
    "consent_refuse",
    "consent_withdraw",
    "consents_set",
    "consents_write",
    "entries_void",
    "follow_merge",
    "ledger_take_back",
    "purpose_archive",
    "purpose_move",
    "purpose_save",
    "purposes_begin",
    "purposes_ensure",
    "sample_remove",
    "wording_save",
]
