"""Two become one and one becomes two; whatever is taken back, no entry is lost and each stands once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peyvand.channels.conversations import queries, services
from peyvand.channels.conversations.data import Received
from peyvand.channels.conversations.errors import InvalidError
from peyvand.channels.conversations.models import Conversation, Entry, Mention, State
from peyvand.channels.conversations.services import ReplyData
from peyvand.channels.conversations.tests.conftest import Writes
from peyvand.foundation.accounts.models import User
from peyvand.foundation.changes.services import undo
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.customers.models import Customer

pytestmark = pytest.mark.django_db
People = Callable[..., tuple[User, Actor]]
Person = Callable[..., Customer]
SignedIn = Callable[[User], Client]


def texts(conversation: Conversation) -> list[str]:
    """What was said in it, in its order."""
    return list(conversation.entries.order_by("at", "id").values_list("text", flat=True))


def letter(customer: Customer, text: str, number: int) -> Conversation:
    """A second conversation of the customer, by e-mail."""
    address = customer.identities.get(kind="email").key
    entry = services.receive(
        demo=False,
        received=Received(
            channel="email", account_id=1, external_id=f"<{number}@x>", at=timezone.now(), address=address, text=text
        ),
    )
    assert entry is not None
    return Conversation.objects.get(pk=entry.conversation_id)


def test_two_become_one_and_what_comes_later_finds_its_way(writes: Writes, person: Person, colleague: People) -> None:
    customer = person()
    first = writes(customer, "پیامک", at=timezone.now() - timedelta(hours=2))
    second = letter(customer, "ایمیل", 1)
    _user, actor = colleague(name="سارا")
    _other, seeing = colleague(name="آرش")
    services.note(actor=actor, conversation_id=second.pk, text="@آرش ببین")
    services.tag_add(actor=actor, conversation_id=second.pk, name="فوری")
    done = services.merge(actor=actor, conversation_id=first.pk, other_id=second.pk)
    first.refresh_from_db()
    second.refresh_from_db()
    assert texts(first) == ["پیامک", "ایمیل", "@آرش ببین"]
    assert (second.merged_into, second.state, texts(second)) == (first, State.CLOSED, [])
    assert (first.channel, first.entries_count, first.preview) == ("email", 3, "ایمیل")
    assert first.waiting_since == first.entries.earliest("at").at
    assert first.taggings.get().tag.name == "فوری"
    assert queries.waiting_for(actor=seeing) == 1
    assert Mention.objects.get().conversation == first
    assert writes(customer, "باز هم").pk == first.pk
    undo(actor=actor, change_set_id=done)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (texts(first), texts(second)) == (["پیامک", "باز هم"], ["ایمیل", "@آرش ببین"])
    assert (second.merged_into, second.state) == (None, State.OPEN)
    assert (first.entries_count, second.entries_count) == (2, 2)
    assert Mention.objects.get().conversation == second


def test_one_becomes_two_and_back_with_what_came_since(writes: Writes, person: Person, colleague: People) -> None:
    customer = person()
    start = timezone.now() - timedelta(hours=3)
    found = writes(customer, "یک", at=start)
    writes(customer, "دو", at=start + timedelta(hours=1))
    later = found.entries.get(text="دو")
    _user, actor = colleague()
    made, done = services.split(actor=actor, conversation_id=found.pk, entry_id=later.pk)
    found.refresh_from_db()
    assert (texts(found), texts(made)) == (["یک"], ["دو"])
    assert (found.waiting_since, made.waiting_since) == (start, start + timedelta(hours=1))
    services.reply(actor=actor, conversation_id=made.pk, data=ReplyData(text="سه", channel="sms"))
    result = undo(actor=actor, change_set_id=done)
    found.refresh_from_db()
    made.refresh_from_db()
    if made.merged_into_id is not None:
        assert (texts(found), texts(made)) == (["یک", "دو", "سه"], [])
    else:  # it was answered since and stays: what was moved goes back
        assert (texts(found), texts(made)) == (["یک", "دو"], ["سه"])
        assert result.kept
    assert found.entries_count == found.entries.count()


def test_taken_back_and_done_again(writes: Writes, person: Person, colleague: People) -> None:
    customer = person()
    found = writes(customer, "یک", at=timezone.now() - timedelta(hours=3))
    writes(customer, "دو")
    _user, actor = colleague()
    entry = found.entries.get(text="دو")
    made, done = services.split(actor=actor, conversation_id=found.pk, entry_id=entry.pk)
    back = undo(actor=actor, change_set_id=done)
    assert (texts(found), texts(made)) == (["یک", "دو"], [])
    made.refresh_from_db()
    assert made.merged_into == found
    undo(actor=actor, change_set_id=back.change_set_id)
    made.refresh_from_db()
    assert (texts(found), texts(made), made.merged_into) == (["یک"], ["دو"], None)


def test_what_makes_no_sense_is_refused(writes: Writes, person: Person, colleague: People) -> None:
    one, two = writes(person()), writes(person())
    _user, actor = colleague()
    for other in (one.pk, two.pk):
        with pytest.raises(InvalidError):
            services.merge(actor=actor, conversation_id=one.pk, other_id=other)
    for entry in (one.entries.get().pk, two.entries.get().pk, 10**9):
        with pytest.raises(InvalidError):
            services.split(actor=actor, conversation_id=one.pk, entry_id=entry)
    _sales, narrow = colleague("sales")
    with pytest.raises(Conversation.DoesNotExist):
        services.merge(actor=narrow, conversation_id=one.pk, other_id=two.pk)
    unknown = writes(None)
    services.merge(actor=actor, conversation_id=unknown.pk, other_id=one.pk)
    unknown.refresh_from_db()
    assert unknown.customer == one.customer


def test_pages(writes: Writes, person: Person, colleague: People, signed_in: SignedIn) -> None:
    customer = person()
    first = writes(customer, "یک", at=timezone.now() - timedelta(hours=1))
    second = letter(customer, "دو", 9)
    user, _actor = colleague()
    browser = signed_in(user)
    page = reverse("conversations:one", args=[first.pk])
    assert "arrow-merge" in browser.get(page).content.decode()
    browser.post(reverse("conversations:merge", args=[first.pk]), {"other": second.pk})
    assert texts(first) == ["یک", "دو"]
    assert browser.get(reverse("conversations:one", args=[second.pk]))["Location"] == page
    browser.post(reverse("conversations:split", args=[first.pk]), {"entry": first.entries.get(text="دو").pk})
    assert texts(first) == ["یک"]
    assert browser.post(reverse("conversations:split", args=[first.pk]), {"entry": "x"}).status_code == 302


DEEDS = st.lists(st.tuples(st.sampled_from(["merge", "split", "undo", "write"]), st.integers(0, 7)), max_size=7)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=DEEDS)
def test_no_entry_is_ever_lost_and_all_stand_where_one_sees_them(
    writes: Writes, person: Person, colleague: People, deeds: list[tuple[str, int]]
) -> None:
    """Whatever is merged, split, written and taken back: each entry is in one conversation that is shown, once."""
    customer = person()
    _user, actor = colleague()
    start = timezone.now() - timedelta(days=1)
    talk = writes(customer, "0", at=start)
    said, done = 1, []
    for number in range(1, 4):
        writes(customer, str(number), at=start + timedelta(minutes=number))
        said += 1
    for minute, (deed, choice) in enumerate(deeds, start=10):
        shown = list(Conversation.objects.filter(customer=customer, merged_into=None).order_by("pk"))
        one = shown[choice % len(shown)]
        if deed == "write":
            writes(customer, f"w{minute}", at=start + timedelta(minutes=minute))
            said += 1
        elif deed == "merge" and len(shown) > 1:
            other = shown[(choice + 1) % len(shown)]
            done.append(services.merge(actor=actor, conversation_id=one.pk, other_id=other.pk))
        elif deed == "split" and one.entries.count() > 1:
            rows = list(one.entries.order_by("at", "id").values_list("pk", flat=True))
            entry = rows[1 + choice % (len(rows) - 1)]
            done.append(services.split(actor=actor, conversation_id=one.pk, entry_id=entry)[1])
        elif deed == "undo" and done:
            undo(actor=actor, change_set_id=done.pop())
    everything = Entry.objects.filter(conversation__customer=customer)
    assert everything.count() == said
    assert everything.filter(conversation__merged_into=None).count() == said
    for one in Conversation.objects.filter(customer=customer):
        assert one.entries_count == one.entries.count()
        assert one.merged_into_id is None or one.entries_count == 0
    assert talk.pk
