"""The signature is that of Standard Webhooks, checked by code of its own."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from peyvand.foundation.webhooks.signing import headers, key_of, locked, secret_make, signature, unlocked
from peyvand.foundation.webhooks.tests.factories import verified

# Published with the specification's libraries.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE, TIMESTAMP, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
SIGNED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_published_vector_is_met() -> None:
    assert signature(SECRET, message_id=MESSAGE, timestamp=TIMESTAMP, body=BODY) == SIGNED
    known = {"webhook-id": MESSAGE, "webhook-timestamp": str(TIMESTAMP), "webhook-signature": SIGNED}
    assert verified(known, BODY, SECRET)
    assert not verified(known, BODY + b" ", SECRET)


@given(body=st.binary(max_size=400), timestamp=st.integers(0, 2**33), count=st.integers(1, 2))
def test_whatever_is_signed_verifies_under_each_of_its_secrets(body: bytes, timestamp: int, count: int) -> None:
    secrets = [secret_make() for _number in range(count)]
    made = headers(secrets, message_id=MESSAGE, timestamp=timestamp, body=body)
    assert set(made) == {"webhook-id", "webhook-timestamp", "webhook-signature"}
    assert all(verified(made, body, secret) for secret in secrets)
    assert not verified(made, body + b"x", *secrets)
    assert not verified(made, body, secret_make())


def test_a_secret_is_32_random_bytes_and_kept_unreadable() -> None:
    first, second = secret_make(), secret_make()
    assert first != second
    assert len(key_of(first)) == 32
    kept = locked(first)
    assert first not in kept
    assert base64.b64encode(key_of(first)).decode() not in kept
    assert unlocked(kept) == first
    with override_settings(SECRET_KEY="another"):
        assert unlocked(kept) is None
    assert unlocked("") is None


GUIDE = Path(__file__).resolve().parents[4] / "docs" / "operating.md"


def _example(language: str) -> str:
    """The example of the operating guide in that language."""
    found = re.search(
        rf"```{language}\n(.*?)```", GUIDE.read_text(encoding="utf-8").partition("## Webhooks")[2], re.DOTALL
    )
    assert found is not None
    return found[1]


def _cases() -> list[tuple[dict[str, str], str, bool]]:
    """Headers, body, and whether the message is to be believed."""
    now = int(time.time())
    good = headers([secret_make(), SECRET], message_id=MESSAGE, timestamp=now, body=BODY)
    old = headers([SECRET], message_id=MESSAGE, timestamp=now - 400, body=BODY)
    other = headers([secret_make()], message_id=MESSAGE, timestamp=now, body=BODY)
    text = BODY.decode()
    return [(good, text, True), (good, text + " ", False), (old, text, False), (other, text, False)]


def test_the_guides_example_in_python_believes_only_what_is_ours() -> None:
    asked = [(given, body) for given, body, _good in _cases()]
    code = _example("python") + f"\nprint([verify(h, b.encode(), {SECRET!r}) for h, b in {asked!r}])"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == str([good for _given, _body, good in _cases()])


@pytest.mark.skipif(shutil.which("node") is None, reason="no node here")
def test_the_guides_example_in_javascript_believes_only_what_is_ours() -> None:
    asked = json.dumps([(given, body) for given, body, _good in _cases()])
    code = (
        _example("js")
        + f"\nconsole.log(JSON.stringify({asked}.map(([h, b]) => verify(h, Buffer.from(b), '{SECRET}'))))"
    )
    ended = subprocess.run(
        ["node", "--input-type=module", "-e", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert json.loads(ended.stdout) == [good for _given, _body, good in _cases()]


@given(body=st.text(max_size=300), count=st.integers(1, 2))
def test_the_specifications_own_library_agrees_both_ways(body: str, count: int) -> None:
    library = pytest.importorskip("standardwebhooks")
    secrets = [secret_make() for _number in range(count)]
    plain = json.dumps({"text": body})
    made = headers(secrets, message_id=MESSAGE, timestamp=int(time.time()), body=plain.encode())
    for secret in secrets:
        theirs = library.Webhook(secret)
        assert theirs.verify(plain, made) == {"text": body}
        now = datetime.now(UTC)
        signed = {"webhook-id": MESSAGE, "webhook-timestamp": str(int(now.timestamp())),
                  "webhook-signature": theirs.sign(MESSAGE, now, plain)}  # fmt: skip
        assert verified(signed, plain.encode(), secret)
        ours = signature(secret, message_id=MESSAGE, timestamp=int(now.timestamp()), body=plain.encode())
        assert ours == signed["webhook-signature"]
