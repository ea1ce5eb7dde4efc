"""Customers who write, and colleagues who answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from peyvand.channels.conversations.data import Received
from peyvand.channels.conversations.models import Conversation
from peyvand.channels.conversations.services import receive
from peyvand.channels.outreach.tests.conftest import Providers
from peyvand.channels.outreach.tests.conftest import actor as actor
from peyvand.channels.outreach.tests.conftest import person as person
from peyvand.channels.outreach.tests.conftest import providers as providers
from peyvand.foundation.accounts.actors import actor_of
from peyvand.foundation.accounts.models import User
from peyvand.foundation.accounts.tests.factories import make_user
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.customers.models import Customer

Writes = Callable[..., Conversation]


@pytest.fixture
def writes(providers: Providers, actor: Actor) -> Writes:
    """A customer writes a text message: writes(customer, "hello"); gives the conversation."""
    number = iter(range(1, 10_000))

    def made(customer: Customer | None, text: str = "سلام، چای رسید؟", at: datetime | None = None, **more: Any) -> Any:
        address = customer.identities.get(kind="phone").key if customer else "+989350000000"
        entry = receive(
            demo=False,
            received=Received(
                channel="sms", account_id=1, external_id=f"in-{next(number)}", at=at or timezone.now(), address=address,
                text=text, **more,
            ),
        )  # fmt: skip
        assert entry is not None
        return Conversation.objects.get(pk=entry.conversation_id)

    return made


@pytest.fixture
def colleague(db: None) -> Callable[..., tuple[User, Actor]]:
    """Somebody of the house: colleague("service", name="آرش")."""

    def made(role: str = "manager", **fields: Any) -> tuple[User, Actor]:
        user = make_user(role_key=role, **fields)
        return user, actor_of(user)

    return made


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """A browser of that person."""

    def made(user: User) -> Client:
        client = Client(HTTP_HOST="127.0.0.1")
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        session = client.session
        session["demo"] = False
        session.save()
        return client

    return made
