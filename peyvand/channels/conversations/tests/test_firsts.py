"""When the customer first wrote and when a person of ours first answered: set once, and as the migration fills it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from peyvand.channels.conversations.facts import FACTS
from peyvand.channels.conversations.models import Conversation, Entry, Way
from peyvand.channels.conversations.services import ReplyData, merge, note, reply, split
from peyvand.channels.conversations.tests.conftest import Writes
from peyvand.channels.conversations.tests.test_joining import letter
from peyvand.foundation.changes.services import undo
from peyvand.foundation.registry.actor import Actor, system_actor
from peyvand.memory.customers.models import Customer

pytestmark = pytest.mark.django_db
FILL = import_module("peyvand.channels.conversations.migrations.0010_first_answer").FILL
People = Callable[..., tuple[Any, Actor]]
Moments = dict[int, tuple[Any, Any]]


def _moments() -> Moments:
    rows = Conversation.objects.values_list("pk", "first_in_at", "first_answered_at")
    return {pk: (asked, answered) for pk, asked, answered in rows}


def _filled() -> Moments:
    """As the migration would find them."""
    Conversation.objects.update(first_in_at=None, first_answered_at=None)
    with connection.cursor() as cursor:
        cursor.execute(FILL)
    return _moments()


def _said(talk: Conversation, actor: Actor, text: str = "بله") -> Entry:
    return reply(actor=actor, conversation_id=talk.pk, data=ReplyData(text=text, channel="sms"))


def test_only_a_person_answers_and_only_once(
    writes: Writes, person: Callable[..., Customer], colleague: People
) -> None:
    _user, mine = colleague(name="آرش")
    begun = timezone.now() - timedelta(hours=3)
    talk = writes(person(), at=begun, automatic=True)
    assert _moments()[talk.pk] == (None, None)
    writes(talk.customer, at=begun + timedelta(minutes=20))
    note(actor=mine, conversation_id=talk.pk, text="@آرش ببین")
    _said(talk, system_actor())
    assert _moments()[talk.pk] == (begun + timedelta(minutes=20), None)
    first = _said(talk, mine)
    writes(talk.customer, "ممنون")
    _said(talk, mine, "خواهش می‌کنم")
    assert _moments()[talk.pk] == (begun + timedelta(minutes=20), first.at)
    writes(talk.customer, "این زودتر رفته بود", at=begun + timedelta(minutes=5))
    before = _moments()
    assert before[talk.pk] == (begun + timedelta(minutes=5), first.at)
    assert _filled() == before


def test_merged_split_and_taken_back_it_is_as_the_migration_finds_it(
    writes: Writes, person: Callable[..., Customer], colleague: People
) -> None:
    _user, mine = colleague(name="آرش")
    customer, begun = person(), timezone.now() - timedelta(days=1)
    old = writes(customer, at=begun)
    answer = _said(old, mine)
    Entry.objects.filter(pk=answer.pk).update(at=begun + timedelta(minutes=90))
    Conversation.objects.filter(pk=old.pk).update(first_answered_at=begun + timedelta(minutes=90))
    new = letter(customer, "ایمیل", 1)
    apart = _moments()
    done = merge(actor=mine, conversation_id=new.pk, other_id=old.pk)
    together = _moments()
    assert together[new.pk] == apart[old.pk]
    assert together[old.pk] == (None, None)
    assert _filled() == together
    undo(actor=mine, change_set_id=done)
    assert _moments() == apart == _filled()
    late = writes(customer, "و این؟", at=begun + timedelta(hours=3))
    entry = Entry.objects.filter(conversation=late, way=Way.IN).latest("at")
    other, _done = split(actor=mine, conversation_id=old.pk, entry_id=entry.pk)
    assert _moments()[other.pk] == (entry.at, None)
    assert _filled() == _moments()


def test_the_warehouse_takes_the_minutes_to_the_first_answer(
    writes: Writes, person: Callable[..., Customer], colleague: People
) -> None:
    _user, mine = colleague(name="آرش")
    talk, _still = writes(person()), writes(person())
    _said(talk, mine)
    at = Conversation.objects.get(pk=talk.pk).first_in_at
    assert at is not None
    Conversation.objects.filter(pk=talk.pk).update(first_answered_at=at + timedelta(minutes=72, seconds=30))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT first_answer_m FROM ({FACTS[0].select}) f ORDER BY id")
        assert [row[0] and float(row[0]) for row in cursor.fetchall()] == [72.5, None]
