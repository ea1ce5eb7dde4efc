"""Addresses that say to what an answer or a bounce belongs: hello+r….@shop.ir, signed, so that nobody makes one up.

Servers change the case of addresses, so that tokens are in base32. The part before the @ has at most 64 letters
(RFC 5321, 4.5.3.1.1); where the token doesn't fit, the address goes without.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from functools import lru_cache
from uuid import UUID

from django.conf import settings

SIGN = 8  # bytes: 64 bits
LOCAL_PART = 64
REPLY, BOUNCE = "r", "b"


@lru_cache(maxsize=8)
def _key(purpose: str, secret: str) -> bytes:
    return hashlib.sha256(f"peyvand.email.{purpose}:{secret}".encode()).digest()


def _sign(kind: str, body: bytes) -> bytes:
    return hmac.new(_key(kind, settings.SECRET_KEY), body, hashlib.sha256).digest()[:SIGN]


def _token(kind: str, body: bytes) -> str:
    return kind + base64.b32encode(body + _sign(kind, body)).decode().rstrip("=").lower()


def _body(kind: str, token: str, length: int) -> bytes | None:
    if not token.isascii() or token[:1].lower() != kind:
        return None
    try:
        raw = base64.b32decode(token[1:].upper() + "=" * (-len(token[1:]) % 8))
    except (binascii.Error, ValueError):
        return None
    body, sign = raw[:length], raw[length:]
    return body if len(raw) == length + SIGN and hmac.compare_digest(sign, _sign(kind, body)) else None


def _with(address: str, token: str) -> str:
    local, _at, domain = address.rpartition("@")
    made = f"{local}+{token}"
    return f"{made}@{domain}" if local and len(made) <= LOCAL_PART else ""


def reply_address(address: str, conversation_id: int) -> str:
    """Where answers come to that belong to a conversation; "" where the token doesn't fit."""
    return _with(address, _token(REPLY, conversation_id.to_bytes(8, "big")))


def bounce_address(address: str, uid: UUID) -> str:
    """Where a message comes back to when it can't be delivered; "" where the token doesn't fit."""
    return _with(address, _token(BOUNCE, uid.bytes))


def _tail(address: str) -> str:
    local = address.rpartition("@")[0]
    return local.rpartition("+")[2] if "+" in local else ""


def conversation_of(address: str) -> int | None:
    """The conversation that an address of ours names; None for one that we have not made."""
    body = _body(REPLY, _tail(address), 8)
    return None if body is None else int.from_bytes(body, "big")


def message_of(address: str) -> UUID | None:
    """The message that an address of ours names; None for one that we have not made."""
    body = _body(BOUNCE, _tail(address), 16)
    return None if body is None else UUID(bytes=body)
