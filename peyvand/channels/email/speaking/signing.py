"""DKIM signatures (RFC 6376: rsa-sha256, relaxed/relaxed; a key of 2,048 bits, RFC 8301).

Signed with `cryptography`, since dkimpy's own arithmetic takes twenty times as long; the tests verify with dkimpy. A
parsed key is kept for as long as the process lives.
"""

from __future__ import annotations

import base64
import hashlib
import re
import time
from collections.abc import Callable
from functools import lru_cache

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

BITS = 2048
# What a reader sees, what stops us (RFC 8058 wants both in the signature), and what threads hang on. Each is named once
# more than it stands (RFC 6376, 8.15), so that nobody adds a second From.
SIGNED = (
    b"from", b"to", b"subject", b"date", b"message-id", b"mime-version", b"content-type", b"reply-to", b"in-reply-to",
    b"references", b"list-unsubscribe", b"list-unsubscribe-post", b"auto-submitted",
)  # fmt: skip
OVERSIGNED = (b"from", b"to", b"subject", b"date", b"reply-to")
_BLANKS = re.compile(rb"[ \t]+")
_FOLDS = re.compile(rb"\r\n(?=[ \t])")


def key_make() -> tuple[str, str]:
    """A new pair: the private key as PEM, the public one as the record's p=."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return pem.decode(), base64.b64encode(public).decode()


@lru_cache(maxsize=64)
def _signer(pem: str) -> Callable[[bytes], bytes]:
    key = serialization.load_pem_private_key(pem.encode(), None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError("not an RSA key")
    pkcs, sha = padding.PKCS1v15(), hashes.SHA256()
    return lambda what: key.sign(what, pkcs, sha)


def body_hash(body: bytes) -> bytes:
    """The hash of a body with CRLF at its line ends, made relaxed."""
    relaxed = body
    if b" " in body or b"\t" in body:
        lines = [_BLANKS.sub(b" ", line).rstrip(b" ") for line in body.split(b"\r\n")]
        relaxed = b"\r\n".join(lines)
    relaxed = relaxed.rstrip(b"\r\n")
    return hashlib.sha256(relaxed + b"\r\n" if relaxed else b"").digest()


def _relaxed(name: bytes, value: bytes) -> bytes:
    return name.lower().strip() + b":" + _BLANKS.sub(b" ", _FOLDS.sub(b"", value)).strip()


def signed(raw: bytes, *, pem: str, domain: str, selector: str, at: int | None = None) -> bytes:
    """The mail with a signature on top. `raw` has CRLF at its line ends, and gets one at its end."""
    raw = raw if raw.endswith(b"\r\n") else raw + b"\r\n"
    head, _gap, body = raw.partition(b"\r\n\r\n")
    fields: dict[bytes, list[bytes]] = {}
    for line in re.split(rb"\r\n(?![ \t])", head):
        name, _colon, value = line.partition(b":")
        fields.setdefault(name.lower().strip(), []).append(_relaxed(name, value))
    names: list[bytes] = []
    covered: list[bytes] = []
    for name in SIGNED:
        for value in reversed(fields.get(name, [])):  # from the bottom upwards (RFC 6376, 5.4.2)
            names.append(name)
            covered.append(value)
        if name in OVERSIGNED:
            names.append(name)
    hash_ = base64.b64encode(body_hash(body))
    value = (
        b"v=1; a=rsa-sha256; c=relaxed/relaxed; d=" + domain.encode("idna") + b"; s=" + selector.encode("ascii")
        + b";\r\n t=" + str(int(time.time()) if at is None else at).encode() + b"; h=" + b":".join(names[:8])
        + b":\r\n " + b":".join(names[8:]) + b";\r\n bh=" + hash_ + b";\r\n b="
    )  # fmt: skip
    what = b"\r\n".join([*covered, _relaxed(b"DKIM-Signature", value)])
    sign = base64.b64encode(_signer(pem)(what))
    folded = b"\r\n ".join(sign[start : start + 72] for start in range(0, len(sign), 72))
    return b"DKIM-Signature: " + value + folded + b"\r\n" + raw
