"""The stamp of a page: when it was shown, of which form, and a word of its own by which pressing twice is once.

Signed, so that no server keeps anything of pages that are only looked at.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core.signing import BadSignature, TimestampSigner, b62_decode
from django.utils import timezone

from peyvand.channels.forms.errors import StampError

LONGEST = timedelta(hours=24)
SALT = "peyvand.forms.stamp"
MOST = 200


@dataclass(frozen=True)
class Stamp:
    """What a stamp says."""

    nonce: str
    age: timedelta


def stamp_make(form_key: str) -> str:
    """A stamp for a page that is shown now."""
    return TimestampSigner(salt=SALT).sign(f"{form_key}.{secrets.token_urlsafe(15)}")


def stamp_read(text: str, form_key: str, *, now: datetime | None = None) -> Stamp:
    """What a stamp says; StampError where it is not ours, of another form, or too old."""
    if len(text) > MOST or "\x00" in text:
        raise StampError
    signer = TimestampSigner(salt=SALT)
    try:
        said = signer.unsign(text)
        at = datetime.fromtimestamp(b62_decode(text.rsplit(":", 2)[1]), tz=UTC)
    except (BadSignature, ValueError, OverflowError) as error:
        raise StampError from error
    key, _dot, nonce = said.rpartition(".")
    age = (now or timezone.now()) - at
    if key != form_key or not nonce or not timedelta(minutes=-5) <= age <= LONGEST:
        raise StampError
    return Stamp(nonce, age)
