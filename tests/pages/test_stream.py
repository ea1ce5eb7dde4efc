"""The stream of the inbox: open to who may read conversations, let by where pages wait for room."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from peyvand.config.asgi import pages
from peyvand.foundation.accounts.tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_the_stream_s_address_is_the_one_that_is_let_by() -> None:
    assert pages.free == {reverse("conversations:live"), "/healthz"}
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(make_user(role_key="manager"), backend=settings.AUTHENTICATION_BACKENDS[0])
    answer = client.get(reverse("conversations:live"))
    assert answer["Content-Type"] == "text/event-stream"
    assert "no-store" in answer["Cache-Control"]
    assert answer.is_async
