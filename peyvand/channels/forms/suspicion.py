"""Spam defence without third parties: what makes a submission suspicious, and how much is taken within an hour.

What is suspicious is kept as spam and can be rescued. What is over the limits is not kept at all: the sender is told
to try later, and the table does not grow.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from peyvand.channels.forms.errors import BusyError
from peyvand.channels.forms.kinds import WRITTEN
from peyvand.channels.forms.models import Form, State, Submission
from peyvand.channels.forms.structure import Structure
from peyvand.foundation.registry.declarations import Label

HOUR = timedelta(hours=1)
AGAIN = 2  # the same answers so often within an hour are no accident
MOST_SPAM = 200  # kept of one form within an hour
_LINK = re.compile(r"(?i)\b(?:https?://|www\.)|\[url|<a\s")

WHY: Mapping[str, Label] = {
    "trap": _("It filled in a field that nobody sees."),
    "quick": _("It came quicker than anybody types."),
    "links": _("It holds many links."),
    "again": _("The same was sent several times within an hour."),
    "staff": _("A colleague put it here."),
}


@dataclass(frozen=True)
class Defence:
    """The settings. `quick` in seconds; `links` how many an answer may hold; the others are counts within an hour."""

    quick: int = 2
    links: int = 2
    per_address: int = 20
    per_hour: int = 1_000

    def as_plain(self) -> dict[str, int]:
        """As it is kept."""
        return asdict(self)


def defence_of(form: Form) -> Defence:
    """A form's settings; what makes no sense is as it is at first."""
    known = {one.name for one in fields(Defence)}
    return Defence(**{name: value for name, value in form.spam.items() if name in known and isinstance(value, int)})


def address_digest(address: str) -> str:
    """A network address as it is kept: it can be compared, and not be read. "" for none, and for this machine's own:
    behind a proxy it would be everybody's.
    """
    if address in ("", "127.0.0.1", "::1"):
        return ""
    return salted_hmac("peyvand.forms.address", address, algorithm="sha256").hexdigest()


def content_digest(answers: Mapping[str, Any]) -> str:
    """By which the same answers are known again."""
    return hashlib.sha256(json.dumps(answers, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def suspicions(
    *, form: Form, structure: Structure, answers: Mapping[str, Any], digest: str, trap: str, age: timedelta | None,
    now: datetime,
) -> list[str]:  # fmt: skip
    """Why it may be spam, as keys of WHY; `age` is how long the page was open, None where there was none."""
    defence, found = defence_of(form), []
    if trap.strip():
        found.append("trap")
    if age is not None and age < timedelta(seconds=defence.quick):
        found.append("quick")
    written = [str(answers.get(one.key, "")) for one in structure.fields if one.type in WRITTEN]
    if sum(len(_LINK.findall(text)) for text in written) > defence.links:
        found.append("links")
    same = Submission.objects.filter(form=form, digest=digest, at__gt=now - HOUR)
    if same.count() >= AGAIN:
        found.append("again")
    return found


def within_limits(*, form: Form, address: str, suspicious: bool, now: datetime) -> None:
    """BusyError when one address, or all together, have sent too much within the hour."""
    defence = defence_of(form)
    counts = Submission.objects.filter(form=form, at__gt=now - HOUR).aggregate(
        all=Count("pk"), spam=Count("pk", filter=Q(state=State.SPAM)), own=Count("pk", filter=Q(address=address)),
    )  # fmt: skip
    if (
        (address and counts["own"] >= defence.per_address)
        or (suspicious and counts["spam"] >= MOST_SPAM)
        or counts["all"] - counts["spam"] >= defence.per_hour
    ):
        raise BusyError
