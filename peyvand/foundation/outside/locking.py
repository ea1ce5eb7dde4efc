"""Secrets that must be used again and so can't be kept as digests: encrypted at rest.

Fernet (AES-128-CBC with HMAC) under a key drawn from the installation's secret key, another one for each purpose; so
the database alone opens nothing (see docs/decisions/0007).
"""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


def _box(purpose: str) -> Fernet:
    key = hashlib.sha256(f"peyvand.{purpose}:{settings.SECRET_KEY}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def locked(secret: str, *, purpose: str) -> str:
    """The secret, encrypted for keeping. `purpose` is a name like "webhooks.secret", the same for good."""
    return _box(purpose).encrypt(secret.encode()).decode()


def unlocked(kept: str, *, purpose: str) -> str | None:
    """The secret that was kept; None where there is none, it is another purpose's, or the secret key was replaced."""
    try:
        return _box(purpose).decrypt(kept.encode()).decode() if kept else None
    except InvalidToken:
        return None
