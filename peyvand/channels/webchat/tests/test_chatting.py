"""A chat from both sides: nothing lost, nothing twice, one gate, who it is, what is said afterwards."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from peyvand.channels.conversations.models import Conversation, Entry
from peyvand.channels.conversations.services import (
    ReplyData,
    assign,
    close,
    customer_known,
    merge,
    read_mark,
    reply,
)
from peyvand.channels.outreach.dispatching.standing import dispatch_now, send_due, turn
from peyvand.channels.outreach.models import Message
from peyvand.channels.sites.data import SiteData
from peyvand.channels.sites.declarations import ChatElsewhere
from peyvand.channels.sites.models import Proof, Visitor
from peyvand.channels.sites.services import code_take, site_save, visitor_seen
from peyvand.channels.sites.services import known as visitor_known
from peyvand.channels.webchat import handlers, other_side, queries, services
from peyvand.channels.webchat.carrier import WEBCHAT, look_up
from peyvand.channels.webchat.data import Intro, Place, WidgetData, Written
from peyvand.channels.webchat.errors import ChangedMeanwhileError, InvalidError, RefusedError
from peyvand.channels.webchat.models import Chat, Kind, Line, Widget
from peyvand.events.conversations import ConversationChanged
from peyvand.events.sites import VisitorKnown
from peyvand.foundation.accounts.models import User
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.registry import registry
from peyvand.memory.customers.models import Customer
from peyvand.memory.interactions.models import Interaction

pytestmark = pytest.mark.django_db
Places = Callable[..., Place]
Says = Callable[..., Line]
People = Callable[..., tuple[User, Actor]]


def answered(line: Line, actor: Actor, text: str = "بله، موجود است.", **more: Any) -> Entry:
    assert line.entry is not None
    return reply(
        actor=actor, conversation_id=line.entry.conversation_id, data=ReplyData(text=text, channel="webchat", **more)
    )


def test_what_comes_twice_is_kept_once_and_stands_in_the_inbox(place: Places, says: Says) -> None:
    here = place()
    first = says(here, "سلام\r\nچای دارید؟", client_id="abcdefgh-1")
    again = says(here, "سلام", client_id="abcdefgh-1")
    assert first.pk == again.pk
    assert says(here, "موجود است؟").seq == 2
    talk = Conversation.objects.get()
    assert (talk.channel, talk.address, talk.entries_count, talk.customer) == (
        "webchat",
        first.chat.visitor.key,
        2,
        None,
    )
    assert [one.text for one in queries.lines_of(chat_id=first.chat_id)] == ["سلام\nچای دارید؟", "موجود است؟"]
    assert says(place(), "دیگری").entry.conversation_id != talk.pk


@pytest.mark.parametrize(
    ("client_id", "text", "code"),
    [
        ("short", "x", "id"),
        ("abcdefgh'--", "x", "id"),
        ("abcdefgh", " \x00 ", "empty"),
        ("abcdefgh", "x" * 4001, "long"),
    ],
)
def test_what_can_not_be_kept_is_refused_with_a_reason(place: Places, client_id: str, text: str, code: str) -> None:
    with pytest.raises(RefusedError) as error:
        services.write(place=place(), written=Written(client_id, text))
    assert error.value.code == code
    assert error.value.text
    assert not Entry.objects.exists()


def test_a_token_of_another_site_is_worth_nothing(place: Places, says: Says, actor: Actor) -> None:
    other = site_save(actor=actor, data=SiteData(name="Other", hosts="other.example"))
    here = place()
    visitor_seen(site=other, token=here.token)
    assert services.chat_found(here) is None
    with pytest.raises(RefusedError):
        says(here)
    for forged in ("", "x" * 22 + "!", "../../etc/passwd"):
        with pytest.raises(RefusedError):
            says(place(forged or "0"))


def test_an_answer_passes_the_gate_and_comes_at_once(
    place: Places, says: Says, colleague: People, django_capture_on_commit_callbacks: Any
) -> None:
    user, sara = colleague(name="سارا")
    line = says(place())
    with django_capture_on_commit_callbacks(execute=True):
        entry = answered(line, sara)
    message = Message.objects.get(pk=entry.message_id)
    assert message.state == "sent"
    assert [one["said"][0]["why"] for one in message.verdict] == ["answers"]
    lines = queries.lines_of(chat_id=line.chat_id)
    assert [(one.kind, one.text, one.by) for one in lines[1:]] == [
        ("system", "", ""), ("out", "بله، موجود است.", "سارا"),
    ]  # fmt: skip
    assert lines[1].data == {"what": "joined", "name": "سارا"}
    assert send_due() == 0  # nothing is left for a worker
    services.delivered(chat_id=line.chat_id, seq=3)
    message.refresh_from_db()
    assert message.state == "delivered"
    services.read(chat_id=line.chat_id, seq=99)
    there = other_side.there(entry.conversation)
    assert there is not None
    assert there.read_up_to == entry.pk
    assert user.pk == Chat.objects.get().staff_id


def test_the_worker_and_the_web_never_both_send(place: Places, says: Says, actor: Actor) -> None:
    entry = answered(says(place()), actor)
    assert turn() == 1
    assert not dispatch_now(entry.message_id or 0)
    assert Line.objects.filter(kind=Kind.OUT).count() == 1
    entry = answered(Line.objects.first() or Line(), actor, "دوم")
    assert dispatch_now(entry.message_id or 0)
    assert turn() == 0
    assert Line.objects.filter(kind=Kind.OUT).count() == 2


def test_an_answer_that_is_for_later_is_no_worker_s_before_its_hour(place: Places, says: Says, actor: Actor) -> None:
    entry = answered(says(place()), actor, due_at=timezone.now() + timedelta(hours=1))
    assert not dispatch_now(entry.message_id or 0)
    assert turn(clock=lambda: timezone.now() + timedelta(hours=2)) == 1
    assert Line.objects.filter(kind=Kind.OUT).count() == 1


def test_a_kill_after_the_line_stood_is_found_out_by_asking(place: Places, says: Says, actor: Actor) -> None:
    entry = answered(says(place()), actor)
    message = Message.objects.get(pk=entry.message_id)
    asked = [type("A", (), {"id": message.pk, "uid": message.uid})()]
    (account,) = WEBCHAT.accounts(False)
    assert look_up(account, asked)[0].said == "never"
    dispatch_now(message.pk)
    assert look_up(account, asked)[0].said == "sent"


def test_who_answers_next_is_named_and_the_closed_one_is_asked_how_it_was(
    place: Places, says: Says, colleague: People, actor: Actor
) -> None:
    line = says(place())
    _sara, sara = colleague(name="سارا")
    arash, _actor = colleague(name="آرش")
    talk = line.entry.conversation
    dispatch_now(answered(line, sara).message_id or 0)
    assign(actor=sara, conversation_id=talk.pk, user_id=arash.pk)
    event = ConversationChanged(talk.pk, None, "assigned", timezone.now(), False)
    for _twice in range(2):
        handlers.conversation_changed(event, event_id=1, actor=actor)
    names = [one.data["name"] for one in queries.lines_of(chat_id=line.chat_id) if one.kind == "system"]
    assert names == ["سارا", "آرش"]
    close(actor=sara, conversation_id=talk.pk)
    event = ConversationChanged(talk.pk, None, "closed", timezone.now(), False)
    for _twice in range(2):
        handlers.conversation_changed(event, event_id=uuid.uuid4(), actor=actor)
    (asked,) = Line.objects.filter(kind=Kind.ASK)
    for stars in (0, 6):
        with pytest.raises(RefusedError):
            services.rate(chat_id=line.chat_id, seq=asked.seq, stars=stars)
    with pytest.raises(RefusedError):
        services.rate(chat_id=line.chat_id, seq=1, stars=5)
    for stars in (5, 1):
        services.rate(chat_id=line.chat_id, seq=asked.seq, stars=stars, words="خوب بود")
    rating = Interaction.objects.get(kind="webchat.rating")
    assert (rating.payload["stars"], rating.staff_id) == (5, arash.pk)


def test_a_claim_is_no_proof_and_a_proof_brings_the_past(
    place: Places, says: Says, person: Callable[..., Customer], actor: Actor, widget: Widget
) -> None:
    customer = person(name="مینا")
    widget.ask_email = "must"
    widget.save()
    here = place()
    with pytest.raises(RefusedError) as error:
        says(here)
    assert error.value.code == "intro"
    with pytest.raises(InvalidError) as wrong:
        services.introduce(place=here, intro=Intro(name="مینا", email="nonsense"))
    assert set(wrong.value.errors) == {"email"}
    assert not Visitor.objects.exclude(claims={}).exists()
    email = customer.identities.get(kind="email").value
    services.introduce(place=here, intro=Intro(name="<b>مینا</b>", email=email, remember=True))
    line = says(here)
    talk = line.entry.conversation
    assert talk.customer is None
    assert talk.name == "<b>مینا</b>"
    there = other_side.there(talk)
    assert there is not None
    assert [value for _label, value in there.claims] == ["<b>مینا</b>", email]
    made = visitor_known(actor=actor, visitor=line.chat.visitor, customer=customer, how=Proof.CODE)
    event = VisitorKnown(made.visitor.pk, made.visitor.key, customer.pk, Proof.CODE, False)
    handlers.visitor_known(event, event_id=1, actor=actor)
    talk.refresh_from_db()
    assert talk.customer == customer
    assert says(here).entry.conversation_id == talk.pk


def test_a_colleague_says_who_it_is(
    place: Places, says: Says, person: Callable[..., Customer], colleague: People
) -> None:
    line, customer = says(place()), person()
    _user, sara = colleague()
    customer_known(actor=sara, conversation_id=line.entry.conversation_id, customer_id=customer.pk)
    visitor = Visitor.objects.get()
    assert (visitor.customer, visitor.how) == (customer, "staff")
    assert Conversation.objects.get().customer == customer


def test_two_people_on_one_computer_keep_their_pasts_apart(
    place: Places, says: Says, person: Callable[..., Customer], actor: Actor
) -> None:
    here, mina, reza = place(), person(), person()
    line = says(here, "من مینا هستم")
    visitor_known(actor=actor, visitor=line.chat.visitor, customer=mina, how=Proof.CODE)
    made = visitor_known(actor=actor, visitor=line.chat.visitor, customer=reza, how=Proof.CODE)
    assert made.token
    other = says(place(made.token), "من رضا هستم")
    assert other.chat_id != line.chat_id
    assert [one.text for one in queries.lines_of(chat_id=other.chat_id)] == ["من رضا هستم"]


def test_what_was_merged_away_is_found_again(
    place: Places, says: Says, person: Callable[..., Customer], actor: Actor
) -> None:
    here, customer = place(), person()
    line = says(here)
    visitor_known(actor=actor, visitor=line.chat.visitor, customer=customer, how=Proof.CODE)
    Conversation.objects.update(customer=customer)
    other = Conversation.objects.create(channel="sms", customer=customer, address="+989120000001")
    merge(actor=actor, conversation_id=other.pk, other_id=line.entry.conversation_id)
    assert says(here).entry.conversation_id == other.pk


def test_the_transcript_goes_through_the_gate_and_not_often(place: Places, says: Says, actor: Actor) -> None:
    here = place()
    line = says(here, "چای دارید؟")
    with pytest.raises(RefusedError):
        services.transcript(actor=actor, chat=line.chat, email="nonsense")
    made = services.transcript(actor=actor, chat=line.chat, email="mina@home.ir")
    assert (made.channel or made.options[0], made.purpose, made.source_kind) == (
        "email",
        "service",
        "webchat.transcript",
    )
    assert "چای دارید؟" in str(made.content.texts)
    assert services.transcript(actor=actor, chat=line.chat, email="mina@home.ir").pk == made.pk
    for number in range(2):
        says(here, f"بعد {number}")
        line.chat.refresh_from_db()
        services.transcript(actor=actor, chat=line.chat, email="mina@home.ir")
    says(here, "باز هم")
    line.chat.refresh_from_db()
    with pytest.raises(RefusedError) as error:
        services.transcript(actor=actor, chat=line.chat, email="mina@home.ir")
    assert error.value.code == "often"


def test_an_answer_that_waits_goes_by_e_mail_once(place: Places, says: Says, actor: Actor) -> None:
    here = place()
    services.introduce(place=here, intro=Intro())
    line = says(here)
    dispatch_now(answered(line, actor).message_id or 0)
    services.left(key=line.chat.visitor.key)
    later = timezone.now() + timedelta(minutes=6)
    assert services.answers_mail(later) == 0  # no address
    Visitor.objects.update(claims={"email": "mina@home.ir"})
    assert services.answers_mail(timezone.now()) == 0  # they may come back
    assert services.answers_mail(later) == 1
    assert services.answers_mail(later) == 0
    assert Message.objects.get(source_kind="webchat.answer").address_key in ("", "mina@home.ir")


def test_a_code_goes_on_where_a_messenger_is_set_up(place: Places, says: Says, monkeypatch: pytest.MonkeyPatch) -> None:
    line = says(place())
    assert services.elsewhere(chat=line.chat) == {"code": "", "ways": []}
    bale = ChatElsewhere("bale", "Bale", "bale", lambda site, code: f"https://ble.example/bot?start={code}")
    bad = ChatElsewhere("bad", "Bad", "x", lambda site, code: "javascript:alert(1)")
    monkeypatch.setitem(registry._by_kind, ChatElsewhere, {"bale": bale, "bad": bad})
    told = services.elsewhere(chat=line.chat)
    assert [one["name"] for one in told["ways"]] == ["bale"]
    taken = code_take(demo=False, code=told["code"])
    assert taken is not None
    assert taken.visitor == line.chat.visitor
    assert code_take(demo=False, code=told["code"]) is None


def test_read_by_a_colleague_is_told_by_its_line(place: Places, says: Says, colleague: People) -> None:
    here = place()
    line = says(here)
    talk = line.entry.conversation_id
    assert queries.staff_read(chat_id=line.chat_id, conversation_id=talk) == 0
    _user, sara = colleague()
    read_mark(actor=sara, conversation_id=talk)
    assert queries.staff_read(chat_id=line.chat_id, conversation_id=talk) == 1


def test_a_widget_is_saved_with_a_readable_colour_and_not_over_another_s(actor: Actor, widget: Widget) -> None:
    site = widget.site
    for bad in ({"accent": "#ffff00"}, {"accent": "red"}, {"title_fa": "", "title_en": ""}, {"ask_name": "x"},
                {"hours_id": 10**6}, {"openings": [("پرسش", "")] * 7}):  # fmt: skip
        with pytest.raises(InvalidError):
            services.widget_save(actor=actor, site=site, data=WidgetData(**{"title_fa": "گفت‌وگو", **bad}))  # type: ignore[arg-type]
    with pytest.raises(ChangedMeanwhileError):
        services.widget_save(actor=actor, site=site, data=WidgetData(title_fa="الف"), version=7)
    made = services.widget_save(
        actor=actor, site=site, version=1,
        data=WidgetData(title_fa="الف", accent="#7A1F1F", openings=[(" کجا؟ ", "Where?"), ("", " ")]),
    )  # fmt: skip
    assert (made.accent, made.openings, made.text("title", "en")) == (
        "#7a1f1f", [{"fa": "کجا؟", "en": "Where?"}], "الف",
    )  # fmt: skip
