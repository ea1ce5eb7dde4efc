"""Secrets and signatures, as Standard Webhooks 1.0.0 says.

A secret is `whsec_` and the base64 of 32 random bytes. It must sign, so it can't be kept as a digest: it is kept
encrypted under a key drawn from the installation's secret key (see docs/decisions/0007).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Iterable

from peyvand.foundation.outside import locking

PREFIX = "whsec_"
BYTES = 32
PURPOSE = "webhooks.secret"
UNSIGNED = "unsigned"  # kept with a try: nothing was sent, it could not be signed


def secret_make() -> str:
    """A new secret, as its owner is shown it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(BYTES)).decode()


def locked(secret: str) -> str:
    """The secret, encrypted for keeping."""
    return locking.locked(secret, purpose=PURPOSE)


def unlocked(kept: str) -> str | None:
    """The secret that was kept; None when there is none, or the installation's key was replaced."""
    return locking.unlocked(kept, purpose=PURPOSE)


def key_of(secret: str) -> bytes:
    """The bytes that sign; ValueError when it is no secret of the specification."""
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("not a secret for webhooks") from error


def signature(secret: str, *, message_id: str, timestamp: int, body: bytes) -> str:
    """`v1,` and the base64 of HMAC-SHA256 over "id.timestamp.body"."""
    signed = b".".join((message_id.encode(), str(timestamp).encode(), body))
    return "v1," + base64.b64encode(hmac.new(key_of(secret), signed, hashlib.sha256).digest()).decode()


def headers(secrets_valid: Iterable[str], *, message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers of a message; each valid secret signs, separated by spaces. `timestamp` is Unix seconds."""
    signed = (signature(one, message_id=message_id, timestamp=timestamp, body=body) for one in secrets_valid)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signed),
    }
