"""The verbs of forms."""

from __future__ import annotations

from peyvand.channels.forms.services.consents import confirm_of
from peyvand.channels.forms.services.handling import rescue, spam, suggestion_decide, whose
from peyvand.channels.forms.services.setting import (
    FormData,
    asks_set,
    form_remove,
    form_save,
    form_switch,
    known_for_new,
    known_of,
    redirect_allowed,
)
from peyvand.channels.forms.services.submitting import FILE, LARGEST_FILE, MOST_FILES, SUBMITTED, Given, submit

__all__ = [
    "FILE", "LARGEST_FILE", "MOST_FILES", "SUBMITTED", "FormData", "Given", "asks_set", "confirm_of", "form_remove",
    "form_save", "form_switch", "known_for_new", "known_of", "redirect_allowed", "rescue", "spam", "submit",
    "suggestion_decide", "whose",
]  # fmt: skip
