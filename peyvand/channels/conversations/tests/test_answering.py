"""Answers go out once through the gate; what came meanwhile is seen first; notes stay inside."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from peyvand.channels.conversations import queries, services
from peyvand.channels.conversations.errors import InvalidError, SaidMeanwhileError
from peyvand.channels.conversations.models import Conversation, Entry, EntryFile, Mention, State, Way
from peyvand.channels.conversations.services import ReplyData, ReplyFile
from peyvand.channels.conversations.services.answering import mentioned
from peyvand.channels.conversations.tests.conftest import Writes
from peyvand.channels.outreach.models import Message
from peyvand.channels.outreach.services import suppress
from peyvand.foundation.accounts.models import User
from peyvand.foundation.registry.actor import Actor, NotAllowed
from peyvand.memory.customers.models import Customer

pytestmark = pytest.mark.django_db
People = Callable[..., tuple[User, Actor]]
Person = Callable[..., Customer]


def test_an_answer_goes_out_once_to_the_address_they_wrote_from(
    writes: Writes, person: Person, colleague: People
) -> None:
    customer = person()
    conversation = writes(customer, "سلام، چای رسید؟")
    user, actor = colleague()
    data = ReplyData(text="بله، رسید.", channel="sms", once="a1")
    entry = services.reply(actor=actor, conversation_id=conversation.pk, data=data)
    again = services.reply(actor=actor, conversation_id=conversation.pk, data=data)
    conversation.refresh_from_db()
    assert again == entry
    message = Message.objects.get()
    assert (message.customer, message.options, message.address) == (customer, ["sms"], conversation.address)
    assert message.thread["answers"] is True
    assert message.thread["reply_to"] == "in-1"
    assert (conversation.waiting_since, conversation.state, conversation.assignee) == (None, State.OPEN, user)
    assert conversation.preview == "بله، رسید."


def test_somebody_unknown_is_answered_at_the_address_itself(writes: Writes, colleague: People) -> None:
    conversation = writes(None, "این شماره‌ی خانواده است")
    _user, actor = colleague()
    services.reply(actor=actor, conversation_id=conversation.pk, data=ReplyData(text="سلام", channel="sms"))
    message = Message.objects.get()
    assert message.customer is None
    assert message.address_key == "+989350000000"


def test_what_was_said_meanwhile_is_seen_before_ones_own_goes(
    writes: Writes, person: Person, colleague: People
) -> None:
    customer = person()
    conversation = writes(customer)
    seen = conversation.entries.get().pk
    _one, arash = colleague(name="آرش")
    _other, sara = colleague(name="سارا")
    services.reply(actor=sara, conversation_id=conversation.pk, data=ReplyData(text="بله", channel="sms", seen=seen))
    with pytest.raises(SaidMeanwhileError) as caught:
        services.reply(actor=arash, conversation_id=conversation.pk, data=ReplyData(text="x", channel="sms", seen=seen))
    assert [one.text for one in caught.value.entries] == ["بله"]
    assert Message.objects.count() == 1
    newest = caught.value.entries[-1].pk
    services.reply(actor=arash, conversation_id=conversation.pk, data=ReplyData(text="x", channel="sms", seen=newest))
    assert Message.objects.count() == 2


def test_what_the_gate_refuses_leaves_nothing_and_says_why(writes: Writes, person: Person, colleague: People) -> None:
    customer = person()
    conversation = writes(customer)
    suppress(demo=False, channel="sms", address_key=conversation.address, customer_id=customer.pk, reason="blacklist")
    _user, actor = colleague()
    with pytest.raises(InvalidError) as caught:
        services.reply(actor=actor, conversation_id=conversation.pk, data=ReplyData(text="سلام", channel="sms"))
    assert "text" in caught.value.errors
    assert not Message.objects.exists()
    assert not Entry.objects.filter(way=Way.OUT).exists()
    conversation.refresh_from_db()
    assert conversation.waiting_since is not None


@pytest.mark.parametrize(
    "data",
    [
        ReplyData(text=" \x00 ", channel="sms"),
        ReplyData(text="سلام", channel="pigeon"),
        ReplyData(text="سلام {{nobody_knows_this}}", channel="sms"),
        ReplyData(text="سلام", channel="sms", due_at=timezone.now() - timedelta(days=1)),
    ],
)
def test_what_makes_no_sense_is_refused(writes: Writes, person: Person, colleague: People, data: ReplyData) -> None:
    conversation = writes(person())
    _user, actor = colleague()
    with pytest.raises(InvalidError):
        services.reply(actor=actor, conversation_id=conversation.pk, data=data)
    assert not Message.objects.exists()


def test_sending_later_and_closing(writes: Writes, person: Person, colleague: People) -> None:
    conversation = writes(person())
    _user, actor = colleague()
    due = timezone.now() + timedelta(hours=3)
    data = ReplyData(text="فردا", channel="sms", due_at=due, close=True)
    entry = services.reply(actor=actor, conversation_id=conversation.pk, data=data)
    conversation.refresh_from_db()
    assert entry.message is not None
    assert entry.message.due_at == due
    assert conversation.state == State.CLOSED
    again = writes(conversation.customer, "یک پرسش دیگر")
    assert (again.pk, again.state) == (conversation.pk, State.OPEN)


def test_a_note_calls_colleagues_and_nobody_outside_reads_it(writes: Writes, person: Person, colleague: People) -> None:
    conversation = writes(person())
    _user, actor = colleague(name="آرش دادفر")
    sara, seeing = colleague(name="سارا نیک‌پور")
    services.note(actor=actor, conversation_id=conversation.pk, text="@سارا این را ببین")
    assert [one.user for one in Mention.objects.all()] == [sara]
    assert not Message.objects.exists()
    assert queries.waiting_for(actor=seeing) == 1
    services.read_mark(actor=seeing, conversation_id=conversation.pk)
    assert queries.waiting_for(actor=seeing) == 0


def test_a_first_name_that_two_have_calls_nobody() -> None:
    people = [(1, "سارا نیک‌پور"), (2, "سارا کریمی"), (3, "آرش")]
    assert mentioned("@سارا و @آرش", people) == [3]
    assert mentioned("@سارا نیک‌پور", people) == [1]
    assert mentioned("@آرشام", people) == []


def test_a_viewer_reads_and_does_nothing(writes: Writes, person: Person, colleague: People) -> None:
    conversation = writes(person())
    _user, actor = colleague("viewer")
    with pytest.raises((NotAllowed, Conversation.DoesNotExist)):
        services.reply(actor=actor, conversation_id=conversation.pk, data=ReplyData(text="سلام", channel="sms"))
    with pytest.raises((NotAllowed, Conversation.DoesNotExist)):
        services.note(actor=actor, conversation_id=conversation.pk, text="سلام")
    with pytest.raises((NotAllowed, Conversation.DoesNotExist)):
        services.close(actor=actor, conversation_id=conversation.pk)
    assert not Message.objects.exists()


def test_channels_that_are_closed_say_why(writes: Writes, person: Person, colleague: People) -> None:
    customer = person()
    conversation = writes(customer)
    suppress(demo=False, channel="email", address_key=customer.identities.get(kind="email").key, reason="blacklist")
    _user, actor = colleague()
    found, best = queries.channels_for(actor=actor, conversation=conversation)
    assert best == "sms"
    assert {one.name: bool(one.why) for one in found} == {"sms": False, "email": True}


def test_files_go_along_where_the_channel_carries_them(writes: Writes, person: Person, colleague: People) -> None:
    conversation = writes(person())
    _user, actor = colleague()

    def sent(channel: str, *contents: bytes) -> Entry:
        chosen = [ReplyFile(f"{number}.txt", "text/plain", io.BytesIO(one)) for number, one in enumerate(contents)]
        data = ReplyData(text="پیوست", channel=channel, files=chosen)
        return services.reply(actor=actor, conversation_id=conversation.pk, data=data)

    entry = sent("email", b"one", b"two")
    kept = [one.file for one in entry.files.select_related("file").order_by("pk")]
    assert [one.name for one in kept] == ["0.txt", "1.txt"]
    assert entry.message is not None
    assert entry.message.files == [one.pk for one in kept]
    for channel, contents in (("sms", [b"one"]), ("email", [b"x"] * 11), ("email", [b"x" * 11 * 2**20] * 2)):
        with pytest.raises(InvalidError) as caught:
            sent(channel, *contents)
        assert "files" in caught.value.errors
    assert Message.objects.count() == 1
    assert EntryFile.objects.count() == 2
