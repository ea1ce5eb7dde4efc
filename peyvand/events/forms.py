"""What happens with forms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class FormSubmitted:
    """A form was filled in (or what was taken for spam was rescued). `customer_id` is None while nobody is proved."""

    form_id: int
    submission_id: int
    customer_id: int | None
    state: str
    at: datetime
    demo: bool
