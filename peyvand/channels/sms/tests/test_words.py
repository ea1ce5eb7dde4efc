"""Parts of a text, and the words that stop and start."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peyvand.channels.conversations.models import Conversation, Entry
from peyvand.channels.outreach.declarations import HookRequest
from peyvand.channels.outreach.dispatching.standing import send_due
from peyvand.channels.outreach.models import Message, State, Suppression
from peyvand.channels.outreach.services import ContentData, TextData, send_many
from peyvand.channels.sms.hearing import take
from peyvand.channels.sms.models import SmsAccount
from peyvand.channels.sms.parts import counted, parts_of
from peyvand.channels.sms.tests.conftest import Line
from peyvand.channels.sms.words import meant
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.consents.models import ConsentEntry, ConsentState
from peyvand.memory.customers.models import Customer, Identity
from peyvand.memory.interactions.models import Interaction


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1), ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("ی" * 70, 1), ("ی" * 71, 2),
        ("ی" * 134, 2), ("ی" * 135, 3), ("a" * 159 + "€", 2), ("a" * 158 + "€", 1), ("a" * 160 + "ی", 3),
        ("😀" * 35, 1), ("😀" * 36, 2), ("x" * 152 + "€" + "y" * 10, 2),
    ],
)  # fmt: skip
def test_parts_are_counted_as_gateways_charge(text: str, parts: int) -> None:
    assert parts_of(text) == parts


@given(st.text(max_size=700))
def test_nothing_is_ever_charged_below_what_it_needs(text: str) -> None:
    found = counted(text)
    each, single = (67, 70) if found.unicode else (153, 160)
    assert found.places <= (single if found.parts <= 1 else each * found.parts)
    assert found.parts <= 1 or found.places > single


@pytest.mark.parametrize(
    "text", ["11", "۱۱", " ۱۱ ", "لغو", "لغو۱۱", "لغو ۱۱", "لغو١١", "STOP", "stop.", "Unsubscribe"]
)
def test_words_that_stop(text: str) -> None:
    assert meant(text) == "stop"


@pytest.mark.parametrize("text", ["12", "۱۲", "START", "عضویت"])
def test_words_that_start(text: str) -> None:
    assert meant(text) == "start"


@pytest.mark.parametrize("text", ["", "سفارشم را لغو کنید", "stop by tomorrow", "سفارش 11", "۱۱۰"])
def test_a_sentence_is_not_a_word(text: str) -> None:
    assert meant(text) == ""


def hear(row: SmsAccount, sender: str, text: str, number: str) -> int:
    form = {"messageid": number, "from": sender, "to": "10001234", "message": text}
    return take(HookRequest(row.hook, "", "POST", {}, form, b"", {})).status


@pytest.mark.django_db
def test_stop_is_obeyed_at_once_and_start_joins_again(
    line: Callable[..., Line], actor: Actor, person: Callable[..., Customer]
) -> None:
    row, gateway = line("kavenegar")
    sara, brother = person(allows=["sms"]), person(allows=["sms"])
    phone = sara.identities.get(kind="phone")
    Identity.objects.filter(customer=brother, kind="phone").update(
        key=phone.key, value=phone.value
    )  # a family's telephone
    text = ContentData(texts=[TextData("خبر تازه", "fa")])
    for _time in range(5):
        assert hear(row, "0" + phone.key[3:], "لغو ۱۱", "m1") == 200
    assert set(ConsentState.objects.filter(purpose__key="news", channel="sms").values_list("decision", flat=True)) == {
        "withdrawn"
    }
    assert (
        ConsentEntry.objects.filter(source="message", decision="withdrawn", customer=sara, purpose__key="news").count()
        == 1
    )
    assert Suppression.objects.get().line == row.line
    assert Entry.objects.count() == 1
    assert Conversation.objects.get().state == "closed", "nobody has to answer a word that stops"
    send_many(actor=actor, customers=[sara.pk, brother.pk], purpose="news", content=text, dedupe_key="c", channel="sms")
    send_due()
    assert not gateway.taken
    assert set(Message.objects.values_list("state", flat=True)) == {State.REFUSED}
    assert hear(row, "0" + phone.key[3:], "۱۲", "m2") == 200
    assert not Suppression.objects.exists()
    send_many(actor=actor, customers=[sara.pk], purpose="news", content=text, dedupe_key="d", channel="sms")
    send_due()
    assert [one.text for one in gateway.taken] == ["خبر تازه\nلغو۱۱"]


@pytest.mark.django_db
def test_what_somebody_writes_is_a_conversation_and_on_the_timeline(
    line: Callable[..., Line], person: Callable[..., Customer]
) -> None:
    row, _gateway = line("kavenegar")
    sara = person()
    phone = "0" + sara.identities.get(kind="phone").key[3:]
    assert hear(row, phone, "سلام، سفارش من کجاست؟", "a") == 200
    assert hear(row, phone, "منتظرم", "b") == 200
    assert hear(row, "09129999999", "شما؟", "c") == 200
    known, stranger = Conversation.objects.get(customer=sara), Conversation.objects.get(customer=None)
    assert [one.text for one in known.entries.order_by("at", "id")] == ["سلام، سفارش من کجاست؟", "منتظرم"]
    assert known.waiting_since == known.entries.earliest("at").at
    assert stranger.address == "+989129999999"
    assert Interaction.objects.filter(customer=sara, direction="in", channel="sms").count() == 2
    assert Interaction.objects.get(customer=None).identity_key == "+989129999999"
