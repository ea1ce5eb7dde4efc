"""Workers are killed while they send: over a gateway that can be asked, and by mail, which can't."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from peyvand.channels.outreach.dispatching.standing import THREADS
from peyvand.foundation.database import cluster

pytestmark = [pytest.mark.crash, pytest.mark.slow, pytest.mark.xdist_group("serve")]


def test_killed_senders_lose_nothing_and_send_nothing_twice(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    without = ("DATABASE_URL", "PEYVAND_TEST_CLUSTER", "PEYVAND_SECRET_KEY")
    kept = {name: value for name, value in os.environ.items() if name not in without}
    words = ["bench", "crash", "--messages", "300", "--kills", "2", "--json"]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "peyvand", *words], check=False, capture_output=True, text=True,
            env={**kept, "PEYVAND_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "peyvand.config.settings"},
        )  # fmt: skip
    finally:
        cluster.remove(folder)
    assert done.returncode == 0, done.stderr
    sms = json.loads(done.stdout)
    mail = sms.pop("smtp")
    assert (sms["messages"], sms["lost"], sms["duplicates"], sms["left"]) == (300, 0, 0, 0)
    assert sms["resolved"] == sms["indeterminate"]
    assert (mail["messages"], mail["lost"], mail["duplicates"]) == (300, 0, 0)
    assert mail["left"] == mail["indeterminate"] <= 2 * THREADS, "of a killed sender only what it was speaking of"
