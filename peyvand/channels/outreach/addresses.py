"""Addresses as they are remembered when the address itself is gone, and links that only their recipients have."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
import string
import struct
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

SIGN = 10  # bytes of a message link's signature: 80 bits
SHORT_SIGN = 6  # of a tracked link's: 48 bits, for the sake of text messages
ARRIVES_WITHIN = timedelta(minutes=30)
CODE_LENGTH = 8
_DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
_CODE = re.compile(r"[0-9A-Za-z]{4,12}")
_TOKEN = re.compile(r"([0-9A-Za-z]{1,11})([A-Za-z0-9_-]{8})")


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


def code_make() -> str:
    """A name for a short link: nobody guesses one of many, but it is no secret either."""
    return "".join(secrets.choice(_DIGITS) for _ in range(CODE_LENGTH))


def is_code(text: str) -> bool:
    """Whether it looks like a short link's name."""
    return _CODE.fullmatch(text) is not None


def click_token(message_id: int) -> str:
    """What follows a short link's name in a message, to tell who opens it: the message's number and a signature."""
    number, plain = message_id, ""
    while number:
        number, digit = divmod(number, 62)
        plain = _DIGITS[digit] + plain
    return (plain or "0") + _short_sign(message_id)


def clicked_message(token: str) -> int | None:
    """The message in a short link's token; None when we have not made it."""
    found = _TOKEN.fullmatch(token)
    if found is None:
        return None
    number = 0
    for letter in found[1]:
        number = number * 62 + _DIGITS.index(letter)
    whole = 0 < number < 2**63 and click_token(number) == token and hmac.compare_digest(_short_sign(number), found[2])
    return number if whole else None


def _short_sign(message_id: int) -> str:
    signed = hmac.new(_key("click"), str(message_id).encode(), hashlib.sha256).digest()[:SHORT_SIGN]
    return base64.urlsafe_b64encode(signed).decode()


def arrival_token(message_id: int, *, now: datetime) -> str:
    """What a site's page tells us by, for half an hour and once, who came there from a message."""
    body = struct.pack(">QI", message_id, int(now.timestamp())) + secrets.token_bytes(4)
    return base64.urlsafe_b64encode(body + _arrival_sign(body)).decode().rstrip("=")


def arrived_message(token: str, *, now: datetime) -> int | None:
    """The message of such a token; None when we have not made it or it is too old. Whether it was used is not told."""
    if len(token) != 35 or not token.isascii():
        return None
    try:
        raw = base64.urlsafe_b64decode(token + "=")
    except (binascii.Error, ValueError):
        return None
    body, sign = raw[:16], raw[16:]
    if not hmac.compare_digest(sign, _arrival_sign(body)):
        return None
    message_id, at = struct.unpack(">QI", body[:12])
    fresh = timedelta(minutes=-1) <= now - datetime.fromtimestamp(at, tz=now.tzinfo) <= ARRIVES_WITHIN
    return int(message_id) if fresh else None


def _arrival_sign(body: bytes) -> bytes:
    return hmac.new(_key("arrival"), body, hashlib.sha256).digest()[:SIGN]


def short_url(code: str) -> str:
    """A short link as people get it."""
    return site(f"/r/{code}")


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
