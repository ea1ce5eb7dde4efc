"""Tags, and the same for many at once, taken back as a whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peyvand.channels.conversations import queries, services
from peyvand.channels.conversations.errors import InvalidError
from peyvand.channels.conversations.models import Conversation, ConversationTag, State, Tagging
from peyvand.channels.conversations.services import BulkData
from peyvand.channels.conversations.tests.conftest import Writes
from peyvand.foundation.accounts.models import User
from peyvand.foundation.changes.services import undo
from peyvand.foundation.registry.actor import Actor, NotAllowed
from peyvand.memory.customers.models import Customer, Trait

pytestmark = pytest.mark.django_db
People = Callable[..., tuple[User, Actor]]
Person = Callable[..., Customer]
SignedIn = Callable[[User], Client]


def standing(conversations: list[Conversation]) -> list[tuple[Any, ...]]:
    """How they stand, tags too."""
    found = Conversation.objects.filter(pk__in=[one.pk for one in conversations]).order_by("pk")
    tags = Tagging.objects.values_list("conversation_id", "tag__name")
    words = {one.pk: sorted(name for pk, name in tags if pk == one.pk) for one in found}
    return [(one.state, one.assignee_id, one.waiting_since, one.snoozed_until, words[one.pk]) for one in found]


@pytest.mark.parametrize("do", ["close", "snooze", "tag", "assign"])
def test_many_at_once_and_back(writes: Writes, person: Person, colleague: People, do: str) -> None:
    conversations = [writes(person()) for _number in range(3)]
    user, actor = colleague()
    data = BulkData(do=do, until=timezone.now() + timedelta(hours=1), tag="فوری", user_id=user.pk)
    before = standing(conversations)
    made = services.bulk(actor=actor, ids=[*[one.pk for one in conversations], 10**9], data=data)
    assert (made.done, made.left) == (3, 1)
    assert standing(conversations) != before
    assert services.bulk(actor=actor, ids=[conversations[0].pk], data=data).done == 0
    assert made.change_set_id is not None
    undo(actor=actor, change_set_id=made.change_set_id)
    assert standing(conversations) == before


def test_what_is_not_ones_own_stays_as_it_is(writes: Writes, person: Person, colleague: People) -> None:
    user, sales = colleague("sales")
    mine, other = writes(person()), writes(person())
    Conversation.objects.filter(pk=mine.pk).update(assignee=user)
    made = services.bulk(actor=sales, ids=[mine.pk, other.pk], data=BulkData(do="close"))
    assert (made.done, made.left) == (1, 1)
    other.refresh_from_db()
    assert other.state == State.OPEN
    _reader, reading = colleague("viewer")
    with pytest.raises(NotAllowed):
        services.bulk(actor=reading, ids=[mine.pk], data=BulkData(do="close"))


@pytest.mark.parametrize(
    "data",
    [
        BulkData(do="burn"), BulkData(do="snooze"), BulkData(do="tag", tag=" "), BulkData(do="tag", tag="x" * 41),
        BulkData(do="assign", user_id=10**9),
    ],
)  # fmt: skip
def test_what_makes_no_sense_changes_nothing(writes: Writes, person: Person, colleague: People, data: BulkData) -> None:
    conversation = writes(person())
    _user, actor = colleague()
    before = standing([conversation])
    for ids in ([conversation.pk], [], range(1, 300)):
        with pytest.raises(InvalidError):
            services.bulk(actor=actor, ids=list(ids), data=data)
    assert standing([conversation]) == before


def test_a_tag_is_one_word_however_it_is_typed(writes: Writes, person: Person, colleague: People) -> None:
    conversation = writes(person())
    _user, actor = colleague()
    first = services.tag_add(actor=actor, conversation_id=conversation.pk, name="#هديه")
    assert services.tag_add(actor=actor, conversation_id=conversation.pk, name=" هدیه ") is None
    assert ConversationTag.objects.count() == 1
    tag = ConversationTag.objects.get()
    done = services.tag_remove(actor=actor, conversation_id=conversation.pk, tag_id=tag.pk)
    assert not Tagging.objects.exists()
    assert services.tag_remove(actor=actor, conversation_id=conversation.pk, tag_id=tag.pk) is None
    assert first is not None
    assert done is not None
    undo(actor=actor, change_set_id=done)
    assert Tagging.objects.get().tag == tag
    assert queries.tags(actor=actor) == [tag]


def test_pages(writes: Writes, person: Person, colleague: People, signed_in: SignedIn) -> None:
    one, two = writes(person()), writes(person())
    user, _actor = colleague()
    browser = signed_in(user)
    bulk = reverse("conversations:bulk")
    assert browser.post(bulk, {"ids": [one.pk, two.pk], "do": "tag", "tag": "فوری"}).status_code == 302
    assert browser.post(bulk, {"ids": [one.pk, two.pk], "do": "assign", "to": f"user:{user.pk}"}).status_code == 302
    assert Conversation.objects.filter(assignee=user).count() == 2
    page = browser.get(reverse("conversations:one", args=[one.pk])).content.decode()
    assert "فوری" in page
    tag = reverse("conversations:tag", args=[one.pk])
    browser.post(tag, {"off": Tagging.objects.filter(conversation=one).get().tag_id})
    assert Tagging.objects.count() == 1
    browser.post(tag, {"name": "هدیه"})
    assert Tagging.objects.count() == 2
    assert browser.post(bulk, {"ids": ["x"], "do": "close"}).status_code == 302
    assert Conversation.objects.filter(state=State.OPEN).count() == 2


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=st.lists(st.tuples(st.sampled_from(["close", "tag", "assign"]), st.sets(st.integers(0, 3), min_size=1))))
def test_whatever_is_done_undoing_all_of_it_backwards_brings_back_what_was(
    writes: Writes, person: Person, colleague: People, deeds: list[tuple[str, set[int]]]
) -> None:
    conversations = [writes(person()) for _number in range(4)]
    user, actor = colleague()
    before, made = standing(conversations), []
    for do, places in deeds[:4]:
        data = BulkData(do=do, tag="x", user_id=user.pk)
        made.append(services.bulk(actor=actor, ids=[conversations[place].pk for place in places], data=data))
    for one in reversed(made):
        if one.change_set_id is not None:
            undo(actor=actor, change_set_id=one.change_set_id)
    assert standing(conversations) == before


def test_the_list_is_narrowed_by_tag_whose_it_is_value_and_waiting(
    writes: Writes, person: Person, colleague: People, signed_in: SignedIn
) -> None:
    customer, now = person(), timezone.now()
    Trait.objects.create(customer=customer, name="value.class", text="champion")
    old, new = writes(customer, at=now - timedelta(hours=3)), writes(person(), at=now)
    user, actor = colleague()
    services.tag_add(actor=actor, conversation_id=old.pk, name="فوری")
    services.assign(actor=actor, conversation_id=old.pk, user_id=user.pk)
    tag, browser = ConversationTag.objects.get(), signed_in(user)
    for query in (f"tag={tag.pk}", f"assignee={user.pk}", "class=champion", "waits=60"):
        page = browser.get(reverse("conversations:list") + f"?view=all&{query}").content.decode()
        assert f'data-conv="{old.pk}"' in page, query
        assert f'data-conv="{new.pk}"' not in page, query
    both = browser.get(
        reverse("conversations:list") + "?view=all&tag=x&assignee=-1&class=rich&waits=7"
    ).content.decode()
    assert f'data-conv="{new.pk}"' in both
