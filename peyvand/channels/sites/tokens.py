"""A visitor's token, which only their browser holds, and what we keep of it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets

_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that is mistaken for another, read aloud or on a screen
CODE_LENGTH = 8
KEY_LENGTH = 26


def token_new() -> str:
    """A new token: 128 random bits."""
    return secrets.token_urlsafe(16)


def is_token(text: object) -> bool:
    """Whether it looks like a token of ours: 22 letters of URL-safe base64."""
    return isinstance(text, str) and _TOKEN.fullmatch(text) is not None


def visitor_key(token: str) -> str:
    """What we keep of a token: 128 bits of its digest as 26 small letters and digits; nobody gets back from it."""
    digest = hashlib.sha256(b"peyvand.visitor:" + token.encode()).digest()[:16]
    return base64.b32encode(digest).decode().rstrip("=").lower()


def code_make() -> str:
    """A one-time code for people: eight letters and digits, forty bits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(CODE_LENGTH))


def code_digest(code: str, *, secret: str) -> str:
    """What we keep of a code: its digest under the installation's key, however it was typed."""
    plain = re.sub(r"[\s\-‌]", "", code).upper()
    return hmac.new(b"peyvand.sites.code:" + secret.encode(), plain.encode(), hashlib.sha256).hexdigest()


def customer_signature(secret: str, code: str) -> str:
    """What a shop's server signs a customer's code with: HMAC-SHA256 under the site's secret, in hex."""
    return hmac.new(secret.encode(), code.encode(), hashlib.sha256).hexdigest()
