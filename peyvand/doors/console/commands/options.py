"""Options that many commands have."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer
from django.utils.translation import gettext

from peyvand.doors.console.failures import USAGE, CommandError
from peyvand.foundation.calendar.parsing import DateError, parse_date

AsJson = Annotated[bool, typer.Option("--json", help=gettext("Answer with one JSON object."))]


def day_of(text: str) -> date | None:
    """The day as a person writes it, in either calendar; None where nothing is written, else CommandError."""
    try:
        return parse_date(text) if text else None
    except DateError as error:
        raise CommandError(str(error), code=USAGE) from None
