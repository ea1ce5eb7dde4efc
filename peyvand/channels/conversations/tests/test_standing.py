"""Whose a conversation is, putting aside, closing, taking back; unread on every device; what an inbox shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peyvand.channels.conversations import queries, services
from peyvand.channels.conversations.errors import InvalidError
from peyvand.channels.conversations.models import State, Way
from peyvand.channels.conversations.queries import Chosen
from peyvand.channels.conversations.reasons import why_mine
from peyvand.channels.conversations.services import ReplyData
from peyvand.channels.conversations.tests.conftest import Writes
from peyvand.foundation.accounts.models import User
from peyvand.foundation.changes.services import undo
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.customers.models import Customer

pytestmark = pytest.mark.django_db
People = Callable[..., tuple[User, Actor]]
Person = Callable[..., Customer]


def test_giving_and_taking_back(writes: Writes, person: Person, colleague: People) -> None:
    conversation = writes(person())
    _user, actor = colleague(name="سارا")
    arash, _seeing = colleague(name="آرش")
    made = services.assign(actor=actor, conversation_id=conversation.pk, user_id=arash.pk)
    assert made is not None
    conversation.refresh_from_db()
    assert (conversation.assignee, conversation.routed["by"]) == (arash, "سارا")
    assert services.assign(actor=actor, conversation_id=conversation.pk, user_id=arash.pk) is None
    undo(actor=actor, change_set_id=made)
    conversation.refresh_from_db()
    assert (conversation.assignee, conversation.routed) == (None, {})
    with pytest.raises(InvalidError):
        services.assign(actor=actor, conversation_id=conversation.pk, user_id=10**9)


def test_putting_aside_wakes_by_itself_and_by_words(writes: Writes, person: Person, colleague: People) -> None:
    customer = person()
    conversation = writes(customer)
    _user, actor = colleague()
    until = timezone.now() + timedelta(hours=1)
    services.snooze(actor=actor, conversation_id=conversation.pk, until=until)
    assert services.wake_snoozed() == 0
    assert services.wake_snoozed(until + timedelta(seconds=1)) == 1
    conversation.refresh_from_db()
    assert (conversation.state, conversation.snoozed_until) == (State.OPEN, None)
    services.snooze(actor=actor, conversation_id=conversation.pk, until=until)
    assert writes(customer, "هستید؟").state == State.OPEN
    with pytest.raises(InvalidError):
        services.snooze(actor=actor, conversation_id=conversation.pk, until=timezone.now() - timedelta(hours=1))


def test_closing_and_opening_again(writes: Writes, person: Person, colleague: People) -> None:
    conversation = writes(person())
    _user, actor = colleague()
    made = services.close(actor=actor, conversation_id=conversation.pk)
    conversation.refresh_from_db()
    assert (conversation.state, conversation.waiting_since) == (State.CLOSED, None)
    assert made is not None
    undo(actor=actor, change_set_id=made)
    conversation.refresh_from_db()
    assert conversation.state == State.OPEN
    assert conversation.waiting_since is not None
    services.close(actor=actor, conversation_id=conversation.pk)
    services.reopen(actor=actor, conversation_id=conversation.pk)
    conversation.refresh_from_db()
    assert (conversation.state, conversation.closed_at) == (State.OPEN, None)


def test_unread_is_one_s_own(writes: Writes, person: Person, colleague: People) -> None:
    customer = person()
    conversation = writes(customer)
    _one, sara = colleague()
    _other, arash = colleague()
    services.read_mark(actor=sara, conversation_id=conversation.pk)
    assert queries.unread(actor=sara, rows=[conversation]) == set()
    assert queries.unread(actor=arash, rows=[conversation]) == {conversation.pk}
    later = writes(customer, "و یک پرسش دیگر", at=timezone.now() + timedelta(minutes=1))
    assert queries.unread(actor=sara, rows=[later]) == {conversation.pk}
    services.read_mark(actor=sara, conversation_id=conversation.pk)
    services.read_mark(actor=sara, conversation_id=conversation.pk, unread=True)
    assert queries.unread(actor=sara, rows=[later]) == {conversation.pk}


def test_views_and_search(writes: Writes, person: Person, colleague: People) -> None:
    user, actor = colleague()
    tea, coffee = writes(person(name="مریم رستگار"), "چای بهاره دارید؟"), writes(person(name="آرش"), "قهوه می‌خواهم")
    services.assign(actor=actor, conversation_id=tea.pk, user_id=user.pk)
    services.close(actor=actor, conversation_id=coffee.pk)

    def shown(**chosen: object) -> list[int]:
        return list(queries.conversations(actor=actor, chosen=Chosen(**chosen)).values_list("pk", flat=True))  # type: ignore[arg-type]

    assert shown(view="mine") == [tea.pk]
    assert shown(view="unassigned") == []
    assert shown(view="closed") == [coffee.pk]
    assert shown(view="all", text="قهوه") == [coffee.pk]
    assert shown(view="all", text="رستگار") == [tea.pk]
    assert shown(view="all", text="نیست") == []
    assert queries.waiting_for(actor=actor) == 1


def test_a_new_conversation_comes_to_the_owner_with_the_reason(
    writes: Writes, person: Person, colleague: People
) -> None:
    user, actor = colleague()
    gone, _actor = colleague(is_active=False)
    mine, theirs = person(), person()
    Customer.objects.filter(pk=mine.pk).update(owner=user)
    Customer.objects.filter(pk=theirs.pk).update(owner=gone)
    conversation = writes(mine)
    assert (conversation.assignee, conversation.routed["why"]) == (user, "owner")
    with override("en"):
        assert why_mine(conversation, actor=actor) == "Came to you: you own this customer."
    assert writes(theirs).assignee is None


DEEDS = st.lists(st.sampled_from(["writes", "answers", "closes", "notes", "snoozes", "opens"]), min_size=1, max_size=8)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=DEEDS)
def test_they_wait_from_the_first_word_that_nobody_answered(
    writes: Writes, person: Person, colleague: People, deeds: list[str]
) -> None:
    """Whatever happens: no entry is lost, and waiting_since is that of the oldest word since the last answer."""
    customer = person()
    conversation = writes(customer)
    _user, actor = colleague()
    waits, entries, pk = True, 1, conversation.pk
    first = conversation.waiting_since
    for number, deed in enumerate(deeds):
        if deed == "writes":
            found = writes(customer, f"پرسش {number}")
            first, waits, entries = (first if waits else found.last_in_at), True, entries + 1
        elif deed == "answers":
            services.reply(actor=actor, conversation_id=pk, data=ReplyData(text="پاسخ", channel="sms"))
            waits, entries = False, entries + 1
        elif deed == "notes":
            services.note(actor=actor, conversation_id=pk, text="یادداشت")
            entries += 1
        elif deed == "closes":
            services.close(actor=actor, conversation_id=pk)
            waits = False
        elif deed == "snoozes":
            services.snooze(actor=actor, conversation_id=pk, until=timezone.now() + timedelta(hours=1))
        else:
            services.reopen(actor=actor, conversation_id=pk)
    conversation.refresh_from_db()
    assert conversation.waiting_since == (first if waits else None)
    assert conversation.entries_count == conversation.entries.count() == entries
    assert conversation.last_at == conversation.entries.exclude(way=Way.NOTE).latest("at").at
