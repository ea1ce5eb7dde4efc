"""Secrets are kept unreadable, each purpose under a key of its own; and those kept earlier still open."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet
from django.conf import settings
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from peyvand.foundation.outside.locking import locked, unlocked


@given(secret=st.text(max_size=200))
def test_what_is_locked_opens_for_its_purpose_alone(secret: str) -> None:
    kept = locked(secret, purpose="sms.key")
    assert unlocked(kept, purpose="sms.key") == secret
    assert unlocked(kept, purpose="mail.password") is None


def test_nothing_stands_readable_and_another_installation_cannot_open_it() -> None:
    kept = locked("very-secret", purpose="sms.key")
    assert "very-secret" not in kept
    assert b"very-secret" not in base64.urlsafe_b64decode(kept)
    with override_settings(SECRET_KEY="another"):
        assert unlocked(kept, purpose="sms.key") is None
    assert unlocked("", purpose="sms.key") is None
    assert unlocked("nonsense", purpose="sms.key") is None


def test_secrets_of_webhooks_kept_before_this_room_still_open() -> None:
    key = hashlib.sha256(b"peyvand.webhooks.secret:" + settings.SECRET_KEY.encode()).digest()
    kept = Fernet(base64.urlsafe_b64encode(key)).encrypt(b"whsec_x").decode()
    assert unlocked(kept, purpose="webhooks.secret") == "whsec_x"
