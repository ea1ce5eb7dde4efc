"""The measure of redirects measures: every request led to its own address, every click in the database."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.conf import LazySettings
from django.db import connection

from peyvand.doors.console.measuring.redirecting import measure_redirects


@pytest.mark.django_db(transaction=True)
def test_every_request_is_led_on_and_counted(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    where = connection.settings_dict
    given = urlencode({"host": where["HOST"], "port": where["PORT"], "user": where["USER"]})
    url = f"postgresql:///{where['NAME']}?{given}"
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("PEYVAND_SECRET_KEY", settings.SECRET_KEY)
    found = measure_redirects(1.0, rate=50)
    assert (found["requests"], found["wrong"], found["clicks"]) == (50, 0, 50)
    assert 0 < found["p50_ms"] <= found["p95_ms"] <= found["p99_ms"]
