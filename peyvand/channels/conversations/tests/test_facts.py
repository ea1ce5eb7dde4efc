"""What the warehouse takes of conversations."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from peyvand.channels.conversations.facts import FACTS
from peyvand.channels.conversations.models import Conversation, State
from peyvand.channels.conversations.tests.conftest import Writes
from peyvand.memory.customers.models import Customer

pytestmark = pytest.mark.django_db


def test_conversations_with_the_hours_until_they_were_closed(writes: Writes, person: Callable[..., Customer]) -> None:
    one, two = person(), person()
    begun = timezone.now() - timedelta(days=2)
    closed, still, merged = writes(one, at=begun), writes(two, at=begun), writes(None, at=begun)
    Conversation.objects.filter(pk=closed.pk).update(state=State.CLOSED, closed_at=begun + timedelta(minutes=90))
    Conversation.objects.filter(pk=merged.pk).update(merged_into=still)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT customer_id, channel, state, closed_h FROM ({FACTS[0].select}) f ORDER BY id")
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    assert [(*row[:3], row[3] and float(row[3])) for row in rows] == [
        (one.pk, "sms", "closed", 1.5), (two.pk, "sms", "open", None),
    ]  # fmt: skip
