"""One contract, five messengers: each against a server of its own that speaks its document."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from peyvand.channels.messengers import carrier
from peyvand.channels.messengers.adapters import ADAPTERS, base
from peyvand.channels.messengers.adapters.base import Loaded, multipart, pieces, place
from peyvand.channels.messengers.carrier import access_of
from peyvand.channels.messengers.services import bot_test, hook_tell
from peyvand.channels.messengers.tests.conftest import Opened, hooked, update
from peyvand.channels.messengers.tests.fakes.speaking import CHATS, PNG, SPEAKING
from peyvand.channels.outreach.declarations import Account, Outgoing, Said
from peyvand.channels.outreach.dispatching.claiming import ATTEMPT, attempt, claim
from peyvand.channels.outreach.dispatching.standing import send_due
from peyvand.channels.outreach.dispatching.sweeping import GRACE, look_up, sweep
from peyvand.channels.outreach.models import Message, State, Suppression
from peyvand.channels.outreach.services import ContentData, TextData, send_many
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.registry import registry
from peyvand.memory.customers.models import Customer

pytestmark = pytest.mark.django_db
Open = Callable[..., Opened]
Person = Callable[..., Customer]
MESSENGERS = sorted(SPEAKING)
WORDS = "سلام، سفارش شما آماده است"


def outgoing(messenger: str, number: int, text: str = WORDS, **more: Any) -> Outgoing:
    given: dict[str, Any] = {"to": CHATS[messenger].format(number), **more}
    return Outgoing(
        id=number, uid=uuid.uuid4(), to_name="", line="bot", subject="", text=text, html="", language="fa",
        purpose="service", kind="service", demo=False, **given,
    )  # fmt: skip


def account_of(row: Any) -> Account:
    found = registry.get(carrier.Carrier, carrier.channel_of(row.messenger)).accounts(False)
    return next(one for one in found if one.id == row.pk)


@pytest.mark.parametrize("messenger", MESSENGERS)
def test_messages_are_taken_each_under_a_number_of_its_own(messenger: str, opened: Open) -> None:
    row, fake = opened(messenger)
    said = carrier.send(account_of(row), [outgoing(messenger, n) for n in (1, 2, 3)])
    assert [(one.id, one.said) for one in said] == [(n, Said.SENT) for n in (1, 2, 3)]
    assert len({one.provider_id for one in said}) == 3
    assert [one.text for one in fake.taken] == [WORDS] * 3
    assert fake.taken[0].to == CHATS[messenger].format(1).lstrip("+")


@pytest.mark.parametrize("messenger", MESSENGERS)
@pytest.mark.parametrize(
    ("step", "said"), [("busy", Said.AGAIN), ("fault", Said.UNKNOWN), ("after", Said.UNKNOWN), ("hang", Said.UNKNOWN)]
)
def test_only_what_was_certainly_not_taken_is_tried_again(
    messenger: str, step: str, said: str, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, fake = opened(messenger)
    if step == "hang":
        monkeypatch.setattr(base.ask, "__kwdefaults__", {**base.ask.__kwdefaults__, "timeout": 0.2})
    fake.plan = [step]
    (outcome,) = carrier.send(account_of(row), [outgoing(messenger, 1)])
    assert outcome.said == said
    if step == "busy":
        assert outcome.after == 7


@pytest.mark.parametrize("messenger", MESSENGERS)
def test_a_messenger_that_is_not_there_has_taken_nothing(messenger: str, opened: Open) -> None:
    row, fake = opened(messenger)
    account = account_of(row)
    fake.stop()
    fake.server = None
    (outcome,) = carrier.send(account, [outgoing(messenger, 1)])
    assert outcome.said == Said.AGAIN


@pytest.mark.parametrize("messenger", MESSENGERS)
def test_a_wrong_key_stops_the_bot_and_says_so_without_telling_it(
    messenger: str, opened: Open, actor: Actor, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    row, fake = opened(messenger)
    fake.secret = "another"
    (outcome,) = carrier.send(account_of(row), [outgoing(messenger, 1)])
    assert (outcome.said, outcome.after >= 600) == (Said.AGAIN, True)
    row.refresh_from_db()
    assert row.trouble
    tried = bot_test(actor=actor, bot=row)
    assert not tried[0]
    everything = f"{outcome} {tried} {row.trouble} {caplog.text} {access_of(row)!r} {account_of(row)!r}"
    assert "the-secret-key" not in everything


@pytest.mark.parametrize("messenger", MESSENGERS)
def test_trying_says_who_the_bot_is_and_sends_nothing(messenger: str, opened: Open, actor: Actor) -> None:
    row, fake = opened(messenger)
    good, _said = bot_test(actor=actor, bot=row)
    row.refresh_from_db()
    assert good
    assert not fake.taken
    names = {"telegram": "shop_bot", "bale": "shop_bot", "rubika": "shop_bot", "safir": "", "whatsapp": "982112345678"}
    assert row.username == names[messenger]


@pytest.mark.parametrize("messenger", ["telegram", "bale", "rubika"])
def test_the_messenger_is_told_where_to_call(messenger: str, opened: Open, actor: Actor) -> None:
    row, fake = opened(messenger, hearing="hook")
    assert hook_tell(actor=actor, bot=row)[0]
    told = [one.plain for one in fake.calls if "url" in one.plain]
    assert all(row.hook in one["url"] for one in told)
    assert told[0].get("secret_token", row.header) == row.header


@pytest.mark.parametrize("messenger", MESSENGERS)
def test_who_is_not_there_or_has_blocked_us_gets_nothing_more(
    messenger: str, opened: Open, actor: Actor, person: Person
) -> None:
    _row, fake = opened(messenger)
    channel = carrier.channel_of(messenger)
    sara = reachable(person, messenger, 1)
    fake.gone = {CHATS[messenger].format(1).lstrip("+")}
    news(actor, [sara], channel, "a")
    send_due()
    message = Message.objects.get()
    assert message.state == State.FAILED
    assert Suppression.objects.get().channel == channel
    fake.gone = set()
    news(actor, [sara], channel, "b")
    send_due()
    assert Message.objects.get(dedupe_key=f"b:{sara.pk}").reason.startswith("suppression.")
    assert not fake.taken


def reachable(person: Person, messenger: str, number: int) -> Customer:
    """Somebody who has this chat, and wants news over it."""
    made = person(allows=[carrier.channel_of(messenger)])
    chat = CHATS[messenger].format(number)
    if ADAPTERS[messenger].phone:
        made.identities.filter(kind="phone").update(key=chat, value=chat)
    else:
        made.identities.create(kind="messenger", system=messenger, key=chat, value=chat)
    return made


def news(actor: Actor, people: list[Customer], channel: str, key: str) -> None:
    text = ContentData(texts=[TextData("خبر", "fa")])
    send_many(
        actor=actor, customers=[one.pk for one in people], purpose="news", content=text, dedupe_key=key, channel=channel
    )  # fmt: skip


@pytest.mark.parametrize("messenger", ["safir", "bale"])
def test_a_death_between_the_messenger_and_the_ledger_costs_nobody_a_second_message(
    messenger: str, opened: Open, actor: Actor, person: Person
) -> None:
    _row, fake = opened(messenger)
    news(actor, [reachable(person, messenger, n) for n in range(4)], carrier.channel_of(messenger), "c")
    now = timezone.now()
    lease, ids = claim(now=now, limit=10)
    (load,) = attempt(lease=lease, ids=ids, now=now)
    carrier.send(load.account, load.messages[:2])  # two were handed over, then the worker was killed
    later = now + ATTEMPT
    sweep(now=later)
    assert Message.objects.filter(state=State.INDETERMINATE).count() == 4
    look_up(now=later + GRACE)
    send_due(clock=lambda: later + GRACE + timedelta(seconds=1))
    if messenger == "safir":  # the same name is the same message there, so all can go again
        assert Message.objects.filter(state=State.SENT).count() == 4
        assert len(fake.taken) == 4
    else:  # nobody can be asked: a person or a reply decides
        assert Message.objects.filter(state=State.INDETERMINATE).count() == 4
        assert len(fake.taken) == 2


@pytest.mark.parametrize("messenger", MESSENGERS)
def test_files_go_along(messenger: str, opened: Open) -> None:
    row, fake = opened(messenger)
    files = [Loaded("نما\r\nX: y.png", "image/png", PNG), Loaded('a"b.pdf', "application/pdf", b"%PDF-1.4 x")]
    said = ADAPTERS[messenger].send(access_of(row), outgoing(messenger, 1), files)
    assert said.said == Said.SENT
    assert len(fake.taken) == 3
    sent = [one for call in fake.calls for one in call.files.values()]
    assert [content for _name, content in sent] == [PNG, b"%PDF-1.4 x"]
    assert all("\n" not in name and '"' not in name for name, _content in sent)


@pytest.mark.parametrize("messenger", MESSENGERS)
def test_long_texts_go_in_parts_and_a_part_is_never_begun_again(messenger: str, opened: Open) -> None:
    row, fake = opened(messenger)
    text = "واژه " * 2_000
    assert carrier.send(account_of(row), [outgoing(messenger, 1, text)])[0].said == Said.SENT
    assert [len(one.text) <= 4_000 for one in fake.taken] == [True] * 3
    assert " ".join(one.text for one in fake.taken).split() == text.split()
    fake.plan = ["ok", "busy"]
    assert carrier.send(account_of(row), [outgoing(messenger, 2, text)])[0].said == Said.UNKNOWN


@pytest.mark.parametrize("messenger", MESSENGERS)
def test_answers_to_choose_from_hang_under_the_text(messenger: str, opened: Open) -> None:
    row, fake = opened(messenger)
    buttons = [{"text": "بله"}, {"text": "خیر"}, {"text": "پیگیری", "url": "https://shop.ir/t"}]
    one = outgoing(messenger, 1, thread={"buttons": buttons})
    assert carrier.send(account_of(row), [one])[0].said == Said.SENT
    shown = str(fake.taken[0].said)
    assert "https://shop.ir/t" in shown
    assert messenger == "safir" or ("بله" in shown and "خیر" in shown)


def test_whatsapp_outside_of_its_window_fails_and_says_so(opened: Open) -> None:
    row, fake = opened("whatsapp")
    fake.blocked = {"989120000001"}
    (outcome,) = carrier.send(account_of(row), [outgoing("whatsapp", 1)])
    assert (outcome.said, outcome.code, outcome.suppress) == (Said.FAILED, "window", "")


def test_a_message_goes_from_the_bot_with_which_its_recipient_began(opened: Open, actor: Actor, person: Person) -> None:
    first, other = opened("bale", name="first", position=1), opened("bale", name="other", position=2)
    sara = reachable(person, "bale", 1)
    hooked(other[0], update(1, "سلام", chat=10000001))
    news(actor, [sara], "messenger:bale", "c")
    send_due()
    assert not first[1].taken
    assert [one.text.splitlines()[0] for one in other[1].taken] == ["خبر"]


def test_pieces_and_places_and_forms() -> None:
    assert pieces("", 10) == []
    assert pieces("a" * 25, 10) == ["a" * 10, "a" * 10, "a" * 5]
    assert all(len(one.encode("utf-16-be")) // 2 <= 10 for one in pieces("😀" * 12, 10))
    assert "".join(pieces("😀" * 12, 10)) == "😀" * 12
    assert place("35.7", "51.4", "بازار").splitlines()[:2] == ["بازار", "35.700000, 51.400000"]
    assert place("x", 1) == place(95, 1) == place(None, None) == ""
    assert place(float("nan"), 1) == ""
    body, kind = multipart({"a": "b"}, {"f": Loaded('x"\r\nEvil: 1', "text/plain\nEvil: 2", b"--")})
    assert kind.startswith("multipart/form-data; boundary=")
    assert b"\nEvil" not in body
