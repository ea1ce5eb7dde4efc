"""The encryption of RFC 8291 by its own example, the signature of RFC 8292, keys that are none."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from py_vapid import Vapid02

from peyvand.channels.push.sealing import (
    LARGEST,
    BrowserKeys,
    authorization,
    browser_keys,
    encrypted,
    keys_new,
    plain64,
    text64,
)

# RFC 8291, section 5 and appendix A.
PLAIN = b"When I grow up, I want to be a watermelon"
OURS = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
THEIRS = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
P256DH = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
    "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def private(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(plain64(text), "big"), ec.SECP256R1())


def test_the_example_of_the_standard() -> None:
    sealed = encrypted(PLAIN, browser_keys(P256DH, AUTH), salt=plain64(SALT), key=private(OURS))
    assert text64(sealed) == BODY
    opened = http_ece.decrypt(sealed, private_key=private(THEIRS), auth_secret=plain64(AUTH), version="aes128gcm")
    assert opened == PLAIN


@given(st.binary(min_size=1, max_size=LARGEST))
def test_whatever_is_sealed_is_opened_and_never_twice_the_same(plain: bytes) -> None:
    keys = browser_keys(P256DH, AUTH)
    first, second = encrypted(plain, keys), encrypted(plain, keys)
    assert first != second
    assert len(first) <= 4_096
    opened = http_ece.decrypt(first, private_key=private(THEIRS), auth_secret=keys.auth, version="aes128gcm")
    assert opened == plain


def test_too_long_is_said_and_not_cut() -> None:
    with pytest.raises(ValueError, match="too long"):
        encrypted(b"x" * (LARGEST + 1), browser_keys(P256DH, AUTH))


def test_a_push_service_knows_the_house_by_its_key() -> None:
    key, public = keys_new()
    now = datetime(2026, 11, 29, 12, tzinfo=UTC)
    said = authorization(key, "https://push.example:8443/abc", contact="mailto:a@b.ir", now=now)
    assert Vapid02.verify(said)
    token, _comma, shown = said.removeprefix("vapid t=").partition(",k=")
    claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    assert shown == public
    assert claims == {
        "sub": "mailto:a@b.ir", "aud": "https://push.example:8443", "exp": int(now.timestamp()) + 43_200,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("p256dh", "auth"),
    [("", ""), (P256DH, "short"), (P256DH[:-4], AUTH), ("B" * 87, AUTH), ("ک" * 87, AUTH), (AUTH, AUTH)],
)
def test_keys_that_are_none(p256dh: str, auth: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  whatever is wrong, it is one error
        browser_keys(p256dh, auth)


def test_keys_with_padding_and_the_other_alphabet() -> None:
    plain = base64.b64encode(plain64(P256DH)).decode()
    assert browser_keys(plain, AUTH + "==") == BrowserKeys(plain64(P256DH), plain64(AUTH))
