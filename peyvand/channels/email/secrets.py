"""An account's secrets in the clear, in memory only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache

from peyvand.channels.email.models import EmailAccount
from peyvand.foundation.outside.locking import locked, unlocked

PURPOSE = "email.secrets"
SMTP, IMAP, DKIM = "smtp", "imap", "dkim"


def secrets_of(row: EmailAccount) -> Mapping[str, str]:
    """What is kept; nothing when the installation's key was replaced."""
    return _opened(row.secrets)


@lru_cache(maxsize=64)
def _opened(kept: str) -> Mapping[str, str]:
    plain = unlocked(kept, purpose=PURPOSE)
    return {str(name): str(value) for name, value in json.loads(plain).items()} if plain else {}


def locked_up(secrets: Mapping[str, str]) -> str:
    """As they are kept."""
    return locked(json.dumps({name: value for name, value in secrets.items() if value}), purpose=PURPOSE)
