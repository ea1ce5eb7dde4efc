"""Limits of guessing, counted in the database so that all processes count together and two tries at once are two.

A try is counted before the password is looked at. Somebody guessing uses up the account's ten tries or their address's
ten; the true owner still comes in from a device that signed in before, which has ten of its own.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.core import signing
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from peyvand.foundation.accounts.models import Attempt, plain_email

TRIES = 10
WINDOW = timedelta(minutes=15)
DEVICE_COOKIE = "peyvand_device"
DEVICE_LIFE = timedelta(days=365)
_SALT = "accounts.device"

_TAKE = """
INSERT INTO accounts_attempt (key, since, count) VALUES (%(key)s, clock_timestamp(), 1)
ON CONFLICT (key) DO UPDATE SET
  count = CASE WHEN accounts_attempt.since < clock_timestamp() - %(window)s::interval THEN 1
               ELSE accounts_attempt.count + 1 END,
  since = CASE WHEN accounts_attempt.since < clock_timestamp() - %(window)s::interval THEN clock_timestamp()
               ELSE accounts_attempt.since END
RETURNING count
"""


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def take(key: str, *, tries: int = TRIES, window: timedelta = WINDOW) -> bool:
    """Count one try under the key; False when that is more than allowed within the window."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"key": _digest(key), "window": f"{window.total_seconds()} seconds"})
        (count,) = cursor.fetchone()
    return bool(count <= tries)


def give_back(key: str) -> None:
    """A try that succeeded was no guess."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_attempt SET count = greatest(count - 1, 0) WHERE key = %s", [_digest(key)])


def sweep() -> None:
    """Forget windows that ended long ago."""
    Attempt.objects.filter(since__lt=timezone.now() - timedelta(days=1)).delete()


def _device(request: HttpRequest) -> dict[str, Any]:
    try:
        held = signing.loads(request.COOKIES.get(DEVICE_COOKIE, ""), salt=_SALT, max_age=DEVICE_LIFE)
    except signing.BadSignature:
        held = None
    return held if isinstance(held, dict) else {"id": secrets.token_hex(8), "accounts": []}


def keys_of(request: HttpRequest, *, email: str, address: str) -> tuple[str, ...]:
    """Under which keys a try at this account from here counts."""
    account = plain_email(email)
    device = _device(request)
    if _digest(account) in device["accounts"]:
        return (f"device:{device['id']}:{account}",)
    return (f"account:{account}", f"address:{address}")


def remember_device(request: HttpRequest, response: HttpResponse, *, email: str, secure: bool) -> None:
    """Put on the browser that this account signed in from it; the cookie names no person and is signed."""
    device = _device(request)
    account = _digest(plain_email(email))
    device["accounts"] = [account, *(other for other in device["accounts"] if other != account)][:5]
    response.set_cookie(
        DEVICE_COOKIE,
        signing.dumps(device, salt=_SALT),
        max_age=DEVICE_LIFE,
        httponly=True,
        secure=secure,
        samesite="Lax",
        path="/account/",
    )
