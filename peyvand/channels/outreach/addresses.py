"""Addresses as they are remembered when the address itself is gone, and links that only their recipients have."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from uuid import UUID

from django.conf import settings

SIGN = 10  # bytes of a message link's signature: 80 bits


def _key(purpose: str) -> bytes:
    return hashlib.sha256(f"peyvand.outreach.{purpose}:".encode() + settings.SECRET_KEY.encode()).digest()


def digest_of(channel: str, key: str) -> str:
    """What stays of an address that is to get nothing: a digest under the installation's key."""
    return hmac.new(_key("suppression"), f"{channel}\n{key}".encode(), hashlib.sha256).hexdigest()


def link_make() -> str:
    """A name for a recipient's page that nobody guesses: 128 random bits."""
    return secrets.token_urlsafe(16)


def message_token(uid: UUID) -> str:
    """A name for what a message's own links do; it holds the message's id and a signature, so that junk is told from
    it without asking the database.
    """
    signed = uid.bytes + hmac.new(_key("message"), uid.bytes, hashlib.sha256).digest()[:SIGN]
    return base64.urlsafe_b64encode(signed).decode().rstrip("=")


def message_of(token: str) -> UUID | None:
    """The id in a message's token; None when we have not made it."""
    if not 30 <= len(token) <= 40 or not token.isascii():
        return None
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return None
    body, sign = raw[:16], raw[16:]
    wanted = hmac.new(_key("message"), body, hashlib.sha256).digest()[:SIGN]
    return UUID(bytes=body) if len(raw) == 16 + SIGN and hmac.compare_digest(sign, wanted) else None


def site(path: str) -> str:
    """An address of the public site."""
    return f"{settings.SITE_URL}{path}"


def preferences_url(link: str) -> str:
    """A recipient's page of preferences."""
    return site(f"/p/{link}/")


def one_click_url(uid: UUID) -> str:
    """Where one POST stops what a message is of (RFC 8058), and where people find a button for it."""
    return site(f"/u/{message_token(uid)}/")


def opt_in_url(token: str) -> str:
    """Where somebody says yes from their own address."""
    return site(f"/yes/{token}/")
