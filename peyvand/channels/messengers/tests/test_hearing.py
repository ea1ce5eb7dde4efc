"""What comes in: once however often it comes, believed only where it is proved, and never lost."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from peyvand.channels.conversations.models import Conversation, Entry, EntryFile, State
from peyvand.channels.conversations.services import ReplyData, reply
from peyvand.channels.messengers import listening
from peyvand.channels.messengers.carrier import access_of
from peyvand.channels.messengers.fetching import PAUSES, fetch_due
from peyvand.channels.messengers.hearing import take, taken
from peyvand.channels.messengers.listening import ask_once, wanted
from peyvand.channels.messengers.models import AwaitedFile, Bot
from peyvand.channels.messengers.tests.conftest import Opened, hooked, since, update
from peyvand.channels.messengers.tests.fakes.speaking import PNG
from peyvand.channels.outreach.declarations import HookRequest, Said
from peyvand.channels.outreach.dispatching.standing import send_due
from peyvand.channels.outreach.models import Message, Suppression
from peyvand.channels.outreach.models import State as Sent
from peyvand.channels.outreach.services import ContentData, Request, TextData, send
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.consents.models import ConsentState
from peyvand.memory.customers.models import Customer
from peyvand.memory.interactions.models import Interaction

pytestmark = pytest.mark.django_db
Open = Callable[..., Opened]
Person = Callable[..., Customer]
BOTH = ["bale", "telegram"]


@pytest.mark.parametrize("messenger", BOTH)
def test_what_somebody_writes_is_a_conversation_with_their_name_and_tongue(messenger: str, opened: Open) -> None:
    row, _fake = opened(messenger)
    assert hooked(row, update(1, "سلام، سفارش من کجاست؟")) == 200
    assert hooked(row, update(2, "منتظرم")) == 200
    talk = Conversation.objects.get()
    assert (talk.name, talk.language, talk.address, talk.account_id) == ("سارا کیانی", "fa", "501", row.pk)
    assert [one.text for one in talk.entries.order_by("at", "id")] == ["سلام، سفارش من کجاست؟", "منتظرم"]
    assert talk.waiting_since is not None
    found = Interaction.objects.filter(channel=f"messenger:{messenger}", direction="in")
    assert set(found.values_list("identity_kind", "identity_system", "identity_key")) == {
        ("messenger", messenger, "501")
    }


def test_telegram_is_believed_by_its_secret_only_and_a_wrong_address_is_nobodys(opened: Open) -> None:
    row, _fake = opened("telegram")
    for forged in ("", "wrong", row.hook):
        assert hooked(row, update(1, "forged"), header=forged) == 403
    stray = HookRequest("no-such-address-here", "", "POST", {}, {}, b"{}", {})
    assert take(stray).status == 404
    Bot.objects.filter(pk=row.pk).update(enabled=False)
    assert hooked(row, update(1, "off")) == 404
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        b"", b"\xff\xfe", b"[]", b"null", b"{" * 5_000, b'{"update_id": "x"}', b'{"update_id": 5}', b"[" * 100_000,
        json.dumps({"update_id": 5, "message": {"chat": {"id": [1], "type": "private"}}}).encode(),
        json.dumps({"update_id": 5, "message": "text"}).encode(),
        json.dumps({"update_id": 5, "callback_query": {"id": {}, "from": 3, "message": []}}).encode(),
    ],
)  # fmt: skip
def test_what_is_no_update_leaves_nothing_behind(body: bytes, opened: Open) -> None:
    row, _fake = opened("bale")
    assert hooked(row, body) in (200, 403)
    assert not Entry.objects.exists()


def test_groups_channels_and_other_bots_are_passed_over(opened: Open) -> None:
    row, _fake = opened("bale")
    for kind in ("group", "supergroup", "channel"):
        assert hooked(row, update(1, "in a group", type=kind)) == 200
    assert hooked(row, update(2, "a machine", sender={"is_bot": True})) == 200
    assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_same_update_five_times_at_once_is_one_entry(opened: Open) -> None:
    row, _fake = opened("telegram")
    given = update(1, "یک بار")

    def call(_time: int) -> int:
        try:
            return hooked(row, given)
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as five:
        assert set(five.map(call, range(5))) == {200}
    assert Entry.objects.count() == 1
    assert Interaction.objects.filter(direction="in").count() == 1
    assert Conversation.objects.get().entries_count == 1


def test_hostile_names_and_texts_are_kept_as_words(opened: Open) -> None:
    row, _fake = opened("bale")
    name = "\u202e<script>alert(1)</script>\x00" + "ن" * 500
    hooked(row, update(1, "\x00<img src=x onerror=alert(1)>{{first_name}}" + "x" * 9_000, sender={"first_name": name}))
    entry = Entry.objects.get()
    assert "\x00" not in entry.text + entry.name
    assert entry.text.startswith("<img src=x")
    assert len(entry.name) <= 300


def test_what_is_changed_afterwards_stands_beside_what_was_there(opened: Open) -> None:
    row, _fake = opened("bale")
    first = update(1, "فردا بیایید")
    hooked(row, first)
    changed = {
        "update_id": 1_050,
        "edited_message": {**first["message"], "text": "امروز بیایید", "edit_date": since() + 100},
    }
    for _time in range(3):
        hooked(row, changed)
    assert [one.text for one in Entry.objects.order_by("id")] == ["فردا بیایید", "✎ امروز بیایید"]


def test_a_place_a_sticker_a_card_and_the_unknown_read_as_words(opened: Open) -> None:
    row, _fake = opened("bale")
    card = {"phone_number": "989121112233", "first_name": "علی", "user_id": 77}
    hooked(row, update(1, location={"latitude": 35.7, "longitude": 51.4}))
    hooked(row, update(2, sticker={"emoji": "👍", "file_id": "s"}))
    hooked(row, update(3, contact=card))
    hooked(row, update(4, poll={"id": "1"}))
    texts = [one.text for one in Entry.objects.order_by("id")]
    assert texts[0].startswith("35.700000, 51.400000\nhttps://www.openstreetmap.org/?mlat=35.700000")
    assert texts[1:] == ["👍", "علی 989121112233", "[poll]"]
    assert not Customer.objects.exists(), "somebody else's card says nothing of who writes"


def test_a_pressed_button_is_heard_by_its_words_and_told_so(opened: Open) -> None:
    row, fake = opened("telegram")
    keys = {"inline_keyboard": [[{"text": "بله، می‌آیم", "callback_data": "بله"}]]}
    press = {"id": "91", "data": "بله", "from": {"id": 501, "first_name": "سارا"},
             "message": {"chat": {"id": 501, "type": "private"}, "reply_markup": keys}}  # fmt: skip
    for _time in range(3):
        assert hooked(row, {"update_id": 7, "callback_query": press}) == 200
    assert Entry.objects.get().text == "بله، می‌آیم"
    assert len(fake.asked("answerCallbackQuery")) == 1


# ── files ─────────────────────────────────────────────────────────────────


def test_files_are_fetched_after_the_words_are_kept(opened: Open) -> None:
    row, fake = opened("bale")
    fake.files = {"small": b"no", "big": PNG, "doc": b"%PDF-1.4 x"}
    hooked(
        row, update(1, photo=[{"file_id": "small", "width": 90}, {"file_id": "big", "width": 800}], caption="ببینید")
    )
    hooked(row, update(2, document={"file_id": "doc", "file_name": "فاکتور.pdf", "mime_type": "application/pdf"}))
    assert [one.text for one in Entry.objects.order_by("id")] == ["ببینید", "📎 فاکتور.pdf"]
    assert not fake.asked("getFile"), "a call is answered at once"
    assert fetch_due() == 2
    kept = [(one.file.name, one.file.size) for one in EntryFile.objects.order_by("id")]
    assert kept == [("photo-1.jpg", len(PNG)), ("فاکتور.pdf", 10)]
    assert not AwaitedFile.objects.exists()


def test_a_hostile_file_is_kept_under_a_plain_name_or_named(opened: Open) -> None:
    row, fake = opened("bale")
    fake.files = {"exe": b"MZ\x90\x00" + b"\x00" * 80, "up": b"words"}
    hooked(row, update(1, document={"file_id": "exe", "file_name": "bill.jpg", "mime_type": "image/jpeg"}))
    hooked(row, update(2, document={"file_id": "up", "file_name": "../../\u202egpj.exe", "mime_type": "text/plain"}))
    hooked(row, update(3, document={"file_id": "x", "file_name": "film.mkv", "file_size": 2**31}))
    while fetch_due():
        pass
    first, _second, third = Entry.objects.order_by("id")
    assert [one["name"] for one in first.facts["refused"]] == ["bill.jpg"]
    assert [one["name"] for one in third.facts["refused"]] == ["film.mkv"]
    name = EntryFile.objects.get().file.name
    assert "/" not in name
    assert "\u202e" not in name


def test_a_file_that_can_not_be_had_now_is_tried_again_and_named_when_lost(opened: Open) -> None:
    row, _fake = opened("bale")
    hooked(row, update(1, document={"file_id": "../secret", "file_name": "a.txt"}))
    moment = timezone.now()
    for pause in (0, *PAUSES):
        moment += timedelta(seconds=pause + 1)
        assert fetch_due(now=moment) == 1
        assert fetch_due(now=moment) == 0
    assert not AwaitedFile.objects.exists()
    assert [one["name"] for one in Entry.objects.get().facts["refused"]] == ["a.txt"]


def test_what_a_dead_worker_was_fetching_is_fetched_by_another(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    row, fake = opened("bale")
    fake.files = {"doc": b"words"}
    hooked(row, update(1, document={"file_id": "doc", "file_name": "a.txt", "mime_type": "text/plain"}))
    moment = timezone.now()
    with monkeypatch.context() as patch:
        patch.setattr("peyvand.channels.messengers.fetching._fetch", lambda one, now: None)
        assert fetch_due(now=moment) == 1
    assert fetch_due(now=moment + timedelta(minutes=1)) == 0
    assert fetch_due(now=moment + timedelta(minutes=6)) == 1
    assert EntryFile.objects.get().file.name == "a.txt"


# ── asking ────────────────────────────────────────────────────────────────


def test_a_worker_killed_between_receiving_and_its_offset_loses_and_repeats_nothing(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, fake = opened("bale")
    fake.queue = [update(n, f"پیام {n}") for n in range(1, 6)]
    with monkeypatch.context() as patch:
        patch.setattr(listening.Bot.objects, "filter", lambda **_given: pytest.fail("killed"))
        with pytest.raises(pytest.fail.Exception):
            ask_once(row)
    row.refresh_from_db()
    assert (row.offset, Entry.objects.count()) == ("", 5)
    assert ask_once(Bot.objects.get()) == 0
    row.refresh_from_db()
    assert row.offset == "1006"
    fake.queue.append(update(6, "پیام ۶"))
    assert ask_once(row) == 1
    assert [one.text for one in Entry.objects.order_by("id")] == [f"پیام {n}" for n in range(1, 6)] + ["پیام ۶"]


def test_one_that_can_not_be_taken_keeps_the_others_waiting_three_times_only(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, fake = opened("bale")
    fake.queue = [update(1, "یک"), update(2, "بد"), update(3, "سه")]
    real = listening.heard

    def stumbling(bot: Bot, one: Any) -> int:
        if one.text == "بد":
            raise RuntimeError("this one")
        return real(bot, one)

    monkeypatch.setattr(listening, "heard", stumbling)
    failures: Counter[str] = Counter()
    for _time in range(2):
        with pytest.raises(RuntimeError):
            ask_once(row, failures=failures)
    assert ask_once(row, failures=failures) == 1
    assert [one.text for one in Entry.objects.order_by("id")] == ["یک", "سه"]
    row.refresh_from_db()
    assert row.offset == "1004"


def test_a_bot_that_still_calls_somebody_is_told_to_call_no_more(opened: Open) -> None:
    row, fake = opened("telegram")
    plain = fake.speak
    told: list[str] = []

    def speak(messenger: Any, call: Any) -> tuple[int, Any]:
        if call.path.endswith("deleteWebhook"):
            told.append(call.path)
        if call.path.endswith("getUpdates") and not told:
            return 409, {"ok": False, "error_code": 409, "description": "Conflict: webhook is active"}
        return plain(messenger, call)

    fake.speak, fake.queue = speak, [update(1, "سلام")]
    assert ask_once(row) == 1
    assert told


def test_only_bots_that_are_switched_on_and_ask_are_asked_for(opened: Open) -> None:
    asking = opened("bale")[0]
    opened("bale", hearing="hook")
    opened("bale", enabled=False)
    opened("bale", demo=True)
    opened("whatsapp")
    assert wanted() == [asking.pk]


# ── words, blocking, answers ──────────────────────────────────────────────


def test_stop_is_obeyed_at_once_and_a_word_joins_again(opened: Open, person: Person) -> None:
    row, fake = opened("bale")
    sara = person(allows=["messenger:bale"])
    sara.identities.create(kind="messenger", system="bale", key="501", value="501")
    for _time in range(3):
        hooked(row, update(1, "لغو", date=since() + 3_600))
    assert set(
        ConsentState.objects.filter(channel="messenger:bale", purpose__key="news").values_list("decision", flat=True)
    ) == {"withdrawn"}
    assert sorted(Suppression.objects.get().kinds) == ["marketing", "research"]
    assert Conversation.objects.get().state == State.CLOSED
    send_due()
    assert [one.text.split("؛")[0].split(".")[0] for one in fake.taken] == ["دیگر پیام تبلیغاتی از ما نمی‌گیرید"]
    hooked(row, update(2, "عضویت", date=since() + 3_601))
    assert not Suppression.objects.exists()
    assert ConsentState.objects.get(channel="messenger:bale", purpose__key="news").decision == "given"


@pytest.mark.parametrize("text", ["11", "سفارشم را لغو کنید", "stop by"])
def test_a_sentence_or_a_number_stops_nothing(text: str, opened: Open) -> None:
    row, _fake = opened("bale")
    hooked(row, update(1, text))
    assert not Suppression.objects.exists()
    assert not Message.objects.exists()


def test_who_blocks_the_bot_gets_nothing_until_they_let_it_in(opened: Open, person: Person) -> None:
    row, _fake = opened("telegram")
    sara = person()
    sara.identities.create(kind="messenger", system="telegram", key="501", value="501")
    for status, stands in (("kicked", True), ("member", False), ("kicked", True)):
        member = {"chat": {"id": 501, "type": "private"}, "new_chat_member": {"status": status}}
        hooked(row, {"update_id": 3, "my_chat_member": member})
        assert Suppression.objects.filter(customer=sara).exists() is stands
    hooked(row, update(1, "برگشتم"))
    assert not Suppression.objects.exists()


def test_who_begins_is_greeted_once_in_their_tongue_through_the_gate(opened: Open) -> None:
    row, fake = opened("bale", greeting_en="Hi, this is the shop.")
    for _time in range(3):
        hooked(row, update(1, "/start", sender={"language_code": "en"}))
    send_due()
    assert [one.text for one in fake.taken] == ["Hi, this is the shop."]
    assert fake.taken[0].said["reply_markup"]["keyboard"][0][0]["request_contact"] is True
    assert Message.objects.get().source_kind == "messengers.start"
    assert Conversation.objects.get().state == State.CLOSED, "nobody has to answer a beginning"


def test_who_speaks_neither_is_greeted_in_both(opened: Open) -> None:
    row, fake = opened("bale")
    hooked(row, update(1, "/start", sender={"language_code": "de"}))
    send_due()
    assert "خوش آمدید" in fake.taken[0].text
    assert "welcome" in fake.taken[0].text


def test_an_answer_goes_back_to_the_chat_and_may_bring_files(opened: Open, actor: Actor) -> None:
    row, fake = opened("bale")
    hooked(row, update(1, "سلام"))
    talk = Conversation.objects.get()
    reply(actor=actor, conversation_id=talk.pk, data=ReplyData(text="در خدمتم", channel="messenger:bale"))
    send_due()
    assert [(one.to, one.text) for one in fake.taken] == [("501", "در خدمتم")]
    assert Message.objects.get().state == Sent.SENT


# ── Rubika and WhatsApp ───────────────────────────────────────────────────


def rubika(number: int, text: str = "", **more: Any) -> dict[str, Any]:
    message = {"message_id": str(number), "text": text, "time": str(since()), "sender_type": "User", **more}
    return {"type": "NewMessage", "chat_id": "b0AbCdE9", "new_message": message}


def test_rubika_is_asked_called_and_answered_in_the_capitals_of_its_chat(opened: Open, actor: Actor) -> None:
    row, fake = opened("rubika")
    fake.files = {"f1": b"words"}
    fake.queue = [rubika(1, "سلام"), rubika(2, file={"file_id": "f1", "file_name": "a.txt", "size": "5"})]
    assert ask_once(row) == 2
    assert ask_once(row) == 0
    assert hooked(row, {"update": rubika(1, "سلام")}) == 200
    assert (
        hooked(
            row,
            {
                "inline_message": {
                    "chat_id": "b0AbCdE9",
                    "message_id": "9",
                    "text": "بله",
                    "aux_data": {"button_id": "1"},
                }
            },
        )
        == 200
    )
    assert hooked(row, {"nothing": 1}) == 403
    assert fetch_due() == 1
    talk = Conversation.objects.get()
    assert (talk.name, talk.entries.count()) == ("سارا کیانی", 3)
    reply(actor=actor, conversation_id=talk.pk, data=ReplyData(text="در خدمتم", channel="messenger:rubika"))
    send_due()
    assert [(one.to, one.text) for one in fake.taken] == [("b0AbCdE9", "در خدمتم")]
    assert len(fake.asked("getChat")) == 1


def graph(**value: Any) -> bytes:
    given = {"metadata": {"phone_number_id": "the-secret-key"}, **value}
    return json.dumps({"entry": [{"changes": [{"value": given}]}]}).encode()


def signed(row: Bot, body: bytes) -> dict[str, str]:
    """By the document, apart from the adapter's own code."""
    secret = access_of(row).secrets["app_secret"].encode()
    return {"x-hub-signature-256": "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()}


def test_whatsapp_asks_for_our_word_and_is_believed_only_when_it_signs(opened: Open, person: Person) -> None:
    row, _fake = opened("whatsapp")
    query = {"hub.mode": "subscribe", "hub.verify_token": row.header, "hub.challenge": "1158201444"}
    asked = take(HookRequest(row.hook, "", "GET", query, {}, b"", {}))
    assert (asked.status, asked.body) == (200, "1158201444")
    assert take(HookRequest(row.hook, "", "GET", {**query, "hub.verify_token": "x"}, {}, b"", {})).status == 403
    sara = person()
    sara.identities.filter(kind="phone").update(key="+989121112233", value="09121112233")
    common = {"from": "989121112233"}
    body = graph(
        contacts=[{"wa_id": "989121112233", "profile": {"name": "Sara"}}],
        messages=[
            {**common, "id": "wamid.1", "timestamp": str(since()), "type": "text", "text": {"body": "سلام"}},
            {**common, "id": "wamid.2", "timestamp": str(since() + 1), "type": "image",
             "image": {"id": "m1", "mime_type": "image/png"}},
        ],
    )  # fmt: skip
    assert hooked(row, body) == 403
    assert hooked(row, body, **signed(row, body + b" ")) == 403
    for _time in range(5):
        assert hooked(row, body, **signed(row, body)) == 200
    talk = Conversation.objects.get()
    assert (talk.customer, talk.entries.count(), talk.name) == (sara, 2, "Sara")


def test_whatsapp_tells_what_became_of_a_message_by_our_own_id(opened: Open, actor: Actor, person: Person) -> None:
    row, fake = opened("whatsapp")
    sara = person()
    content = ContentData(texts=[TextData("سلام", "fa")])
    request = Request(
        customer=sara.pk, purpose="service", content=content, dedupe_key="w", channel="messenger:whatsapp"
    )
    message = send(actor=actor, request=request)
    send_due()
    assert fake.taken[0].said["biz_opaque_callback_data"] == str(message.uid)
    for status in ("read", "sent", "delivered", "delivered", "read"):
        body = graph(statuses=[{"id": "wamid.x", "status": status, "biz_opaque_callback_data": str(message.uid)}])
        assert hooked(row, body, **signed(row, body)) == 200
    message.refresh_from_db()
    assert message.state == Sent.DELIVERED
    assert sorted(message.reports.values_list("said", flat=True)) == [Said.DELIVERED, Said.DELIVERED, Said.SENT]


def test_the_public_site_takes_a_messengers_call(opened: Open, client: Client, settings: Any) -> None:
    row, _fake = opened("telegram")
    settings.ROOT_URLCONF, settings.MIDDLEWARE = "peyvand.config.site_urls", []
    body = json.dumps(update(1, "سلام"))
    path = f"/hooks/messengers/{row.hook}/"
    right = {"x-telegram-bot-api-secret-token": row.header}
    assert client.post(path, body, content_type="application/json").status_code == 403
    assert client.post(path, body, content_type="application/json", headers=right).status_code == 200
    assert client.post(f"/hooks/messengers/{'x' * 24}/", body, content_type="application/json").status_code == 404
    assert taken(row, access_none()) == 0
    assert Entry.objects.count() == 1


def access_none() -> Any:
    """Nothing came."""
    return listening.Came()
