"""What a push service demands of a notice: encrypted for one browser (RFC 8291, aes128gcm), signed by the house
(RFC 8292, VAPID). Nothing is sent or read here.
"""

from __future__ import annotations

import base64
import binascii
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

CURVE = ec.SECP256R1()
LARGEST = 3_993  # bytes of plain text: push services take 4,096 of the encrypted one
SIGNED_FOR = timedelta(hours=12)  # RFC 8292 allows a day


@dataclass(frozen=True)
class BrowserKeys:
    """What a browser gives with its subscription: its public key, and a secret of both."""

    p256dh: bytes
    auth: bytes


def plain64(text: str) -> bytes:
    """Base64 of either alphabet, with its padding or without. ValueError."""
    try:
        return base64.b64decode(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4), validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from None


def text64(raw: bytes) -> str:
    """URL-safe, without padding, as browsers write it."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def browser_keys(p256dh: str, auth: str) -> BrowserKeys:
    """The keys as a browser writes them, checked: a point of the curve, sixteen bytes. ValueError."""
    found = BrowserKeys(plain64(p256dh), plain64(auth))
    ec.EllipticCurvePublicKey.from_encoded_point(CURVE, found.p256dh)
    if len(found.p256dh) != 65 or len(found.auth) != 16:
        raise ValueError("not the keys of a browser")
    return found


def keys_new() -> tuple[str, str]:
    """The house's keys: the private one as its number, the public one as browsers want it."""
    key = ec.generate_private_key(CURVE)
    private = key.private_numbers().private_value.to_bytes(32, "big")
    public = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return text64(private), text64(public)


def encrypted(plain: bytes, keys: BrowserKeys, *, salt: bytes | None = None, key: Any = None) -> bytes:
    """The body of the request, in one record. `salt` and the sender's `key` are new each time but in tests."""
    if len(plain) > LARGEST:
        raise ValueError("too long for one notice")
    sealed = http_ece.encrypt(
        plain, salt=salt or os.urandom(16), private_key=key or ec.generate_private_key(CURVE), dh=keys.p256dh,
        auth_secret=keys.auth, version="aes128gcm",
    )  # fmt: skip
    return bytes(sealed)


def authorization(private: str, endpoint: str, *, contact: str, now: datetime) -> str:
    """The header by which a push service knows the house; good for every endpoint of the same origin."""
    parts = urlsplit(endpoint)
    claims = {
        "sub": contact, "aud": f"{parts.scheme}://{parts.netloc}", "exp": int((now + SIGNED_FOR).timestamp()),
    }  # fmt: skip
    signed: dict[str, str] = Vapid02.from_raw(private.encode()).sign(claims)
    return signed["Authorization"]
