"""Lines at fake gateways on loopback, and people with telephones."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import LazySettings

from peyvand.channels.outreach.tests.conftest import actor as actor
from peyvand.channels.outreach.tests.conftest import person as person
from peyvand.channels.sms.adapters import ADAPTERS
from peyvand.channels.sms.carrier import PURPOSE
from peyvand.channels.sms.models import SmsAccount
from peyvand.channels.sms.tests.fakes.server import Gateway
from peyvand.channels.sms.tests.fakes.speaking import SPEAKING
from peyvand.foundation.outside.locking import locked

Line = tuple[SmsAccount, Gateway]


@pytest.fixture
def line(db: None, settings: LazySettings) -> Iterator[Callable[..., Line]]:
    """Opens a line at a fake of that provider: line("kavenegar")."""
    settings.OWN_HOSTS = ["127.0.0.1"]
    started: list[Gateway] = []

    def opened(provider: str, **more: Any) -> Line:
        gateway = Gateway(SPEAKING[provider])
        gateway.start()
        started.append(gateway)
        secrets = {one.name: gateway.secret for one in ADAPTERS[provider].fields}
        row = SmsAccount.objects.create(
            name=provider, provider=provider, line="+15550001" if provider == "twilio" else "10001234",
            base_url=gateway.url, credentials=locked(json.dumps(secrets), purpose=PURPOSE), **more,
        )  # fmt: skip
        return row, gateway

    yield opened
    for gateway in started:
        gateway.stop()
