"""What open inboxes hear: only of what they may read, in few words; who is here; a stream that holds nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from peyvand.channels.conversations import queries, services
from peyvand.channels.conversations.live.hub import Hub, Subscriber, seen_by
from peyvand.channels.conversations.models import Conversation, Presence
from peyvand.channels.conversations.tests.conftest import Writes
from peyvand.foundation.accounts.models import User
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.customers.models import Customer

pytestmark = pytest.mark.django_db
People = Callable[..., tuple[User, Actor]]
Person = Callable[..., Customer]
SignedIn = Callable[[User], Client]


def test_everybody_hears_of_what_they_may_read_and_of_nothing_else(
    writes: Writes, person: Person, colleague: People
) -> None:
    sales, _actor = colleague("sales")
    service, _seeing = colleague("service")
    gone, _none = colleague(is_active=False)
    mine, other = writes(person()), writes(person())
    Conversation.objects.filter(pk=mine.pk).update(assignee=sales)
    people = {(sales.pk, False), (service.pk, False), (service.pk, True), (gone.pk, False), (10**9, False)}
    seen = seen_by(people, [mine.pk, other.pk])
    assert seen == {
        (sales.pk, False): {mine.pk}, (service.pk, False): {mine.pk, other.pk}, (service.pk, True): set(),
    }  # fmt: skip


def test_many_words_are_one_and_who_may_no_more_is_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[set[Any], set[int]]] = []

    def seen(people: set[Any], ids: set[int]) -> dict[Any, set[int]]:
        asked.append((people, ids))
        return {(1, False): {5, 6}}

    monkeypatch.setattr("peyvand.channels.conversations.live.hub.seen_by", seen)

    async def told() -> tuple[Any, Subscriber]:
        hub, sees, sent_away = Hub(), Subscriber((1, False)), Subscriber((2, False))
        hub.subscribers = {sees, sent_away}
        for payload in ("5", "5", "7", "p6", "p5", "nonsense"):
            hub.hear(payload)
        said = await sees.next(5)
        await sent_away.next(0.01)
        assert await sees.next(0.01) is None
        return said, sent_away

    said, sent_away = asyncio.run(told())
    assert said == {"moved": [5], "present": [5, 6], "missed": False}
    assert sent_away.over
    assert asked == [({(1, False), (2, False)}, {5, 6, 7})]


def test_when_the_database_is_away_all_look_for_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    def seen(people: set[Any], ids: set[int]) -> dict[Any, set[int]]:
        raise OSError

    monkeypatch.setattr("peyvand.channels.conversations.live.hub.seen_by", seen)

    async def told() -> Any:
        hub, one = Hub(), Subscriber((1, False))
        hub.subscribers = {one}
        hub.hear("5")
        return await one.next(5)

    assert asyncio.run(told()) == {"moved": [], "present": [], "missed": True}


def test_who_writes_and_who_looks_is_told_to_the_others(
    writes: Writes, person: Person, colleague: People, signed_in: SignedIn
) -> None:
    conversation = writes(person())
    user, sara = colleague(name="سارا")
    arash_user, arash = colleague(name="آرش")
    services.present(actor=arash, conversation_id=conversation.pk, typing=True)
    assert queries.others_here(actor=sara, conversation=conversation) == (["آرش"], [])
    assert queries.others_here(actor=arash, conversation=conversation) == ([], [])
    here = reverse("conversations:here", args=[conversation.pk])
    page = signed_in(user).post(here, {"typing": "0"}).content.decode()
    assert "آرش\u2069 در حال نوشتن است" in page
    assert queries.others_here(actor=arash, conversation=conversation) == ([], ["سارا"])
    Presence.objects.filter(user=arash_user).update(at=timezone.now() - timedelta(minutes=1))
    assert queries.others_here(actor=sara, conversation=conversation) == ([], [])
    services.present(actor=arash, conversation_id=conversation.pk, leaving=True)
    assert not Presence.objects.filter(user=arash_user).exists()
    assert services.presence_forget(timezone.now() + timedelta(hours=2)) == 1


def test_the_others_hear_of_it_only_when_it_is_new(
    writes: Writes, person: Person, colleague: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []
    monkeypatch.setattr("peyvand.channels.conversations.services.presence.wake_present", told.append)
    conversation = writes(person())
    _user, actor = colleague()
    for typing in (False, False, True, True, False):
        services.present(actor=actor, conversation_id=conversation.pk, typing=typing)
    assert len(told) == 3
    _reader, reading = colleague("viewer")
    services.present(actor=reading, conversation_id=conversation.pk, typing=True)
    assert not Presence.objects.get(user_id=reading.user_id).typing
