"""The inbox in a browser's eyes: list, thread, answering, what is new."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from peyvand.channels.conversations.data import ReceivedFile
from peyvand.channels.conversations.models import Conversation, Entry, EntryFile, State, Way
from peyvand.channels.conversations.tests.conftest import Writes
from peyvand.channels.outreach.models import Message
from peyvand.foundation.accounts.models import User
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.customers.models import Customer

pytestmark = pytest.mark.django_db
People = Callable[..., tuple[User, Actor]]
Person = Callable[..., Customer]
SignedIn = Callable[[User], Client]


@pytest.fixture
def browser(colleague: People, signed_in: SignedIn) -> Client:
    user, _actor = colleague(name="Shirin")
    return signed_in(user)


def test_the_list_shows_who_wrote_and_the_thread_what(writes: Writes, person: Person, browser: Client) -> None:
    conversation = writes(person(name="مریم رستگار"), "جعبه‌ی یلدا <b>دارید</b>؟")
    listed = browser.get(reverse("conversations:list") + "?view=all").content.decode()
    assert "مریم رستگار" in listed
    assert "unread" in listed
    page = browser.get(reverse("conversations:one", args=[conversation.pk])).content.decode()
    assert "جعبه‌ی یلدا &lt;b&gt;دارید&lt;/b&gt;؟" in page
    assert "<b>دارید" not in page


def test_answering_from_the_page(writes: Writes, person: Person, browser: Client) -> None:
    conversation = writes(person())
    seen = conversation.entries.get().pk
    url = reverse("conversations:reply", args=[conversation.pk])
    form = {"text": "بله، داریم", "channel": "sms", "seen": seen, "once": "f" * 32, "close": "1", "when": "tomorrow"}
    assert browser.post(url, form).status_code == 302
    assert browser.post(url, form).status_code == 302  # a nervous finger
    conversation.refresh_from_db()
    assert conversation.state == State.CLOSED
    message = Message.objects.get()
    assert message.due_at > timezone.now()
    page = browser.get(reverse("conversations:one", args=[conversation.pk])).content.decode()
    assert "بله، داریم" in page
    assert "cv-held" in page


def test_what_came_meanwhile_keeps_what_was_typed(writes: Writes, person: Person, browser: Client) -> None:
    customer = person()
    conversation = writes(customer)
    seen = conversation.entries.get().pk
    writes(customer, "پشیمان شدم")
    form = {"text": "فرستادیم", "channel": "sms", "seen": seen}
    answer = browser.post(reverse("conversations:reply", args=[conversation.pk]), form)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "فرستادیم</textarea>" in page
    assert 'role="alert"' in page
    assert not Message.objects.exists()


def test_an_empty_answer_is_told_so(writes: Writes, person: Person, browser: Client) -> None:
    conversation = writes(person())
    answer = browser.post(reverse("conversations:reply", args=[conversation.pk]), {"text": " ", "channel": "sms"})
    assert answer.status_code == 422
    assert "cv-error" in answer.content.decode()


def test_a_note_is_yellow_and_inside(writes: Writes, person: Person, browser: Client) -> None:
    conversation = writes(person())
    browser.post(reverse("conversations:reply", args=[conversation.pk]), {"text": "زنگ بزنید", "channel": "note"})
    assert Entry.objects.get(way=Way.NOTE).text == "زنگ بزنید"
    page = browser.get(reverse("conversations:one", args=[conversation.pk])).content.decode()
    assert "pv-msg note" in page


def test_nothing_new_is_an_empty_answer(writes: Writes, person: Person, browser: Client) -> None:
    customer = person()
    conversation = writes(customer)
    news = reverse("conversations:news", args=[conversation.pk])
    mark = re.search(r"mark=(\w+)", browser.get(news).content.decode())
    assert mark is not None
    assert browser.get(f"{news}?mark={mark[1]}").status_code == 204
    writes(customer, "یکی دیگر")
    assert "یکی دیگر" in browser.get(f"{news}?mark={mark[1]}").content.decode()
    rows = reverse("conversations:rows") + "?view=all"
    mark = re.search(r"mark=(\w+)", browser.get(rows).content.decode())
    assert mark is not None
    assert browser.get(f"{rows}&mark={mark[1]}").status_code == 204
    Conversation.objects.filter(pk=conversation.pk).update(version=99)
    assert browser.get(f"{rows}&mark={mark[1]}").status_code == 200


def test_deeds_of_the_page(writes: Writes, person: Person, browser: Client, colleague: People) -> None:
    conversation = writes(person())
    arash, _actor = colleague(name="آرش")
    for name, form in (
        ("assign", {"user": arash.pk}), ("snooze", {"for": "week"}), ("reopen", {}), ("close", {}), ("read", {}),
    ):  # fmt: skip
        answer = browser.post(reverse(f"conversations:{name}", args=[conversation.pk]), form)
        assert answer.status_code in (204, 302), name
    conversation.refresh_from_db()
    assert (conversation.assignee, conversation.state) == (arash, State.CLOSED)
    browser.post(reverse("conversations:snooze", args=[conversation.pk]), {"day": "not a day"})
    conversation.refresh_from_db()
    assert conversation.state == State.CLOSED


def test_files_are_saved_and_never_shown_on_our_origin(writes: Writes, person: Person, browser: Client) -> None:
    conversation = writes(person(), files=[ReceivedFile("فاکتور.html", "text/html", b"<script>1</script>")])
    kept = EntryFile.objects.get()
    answer = browser.get(reverse("conversations:file", args=[conversation.pk, kept.pk]))
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    other = writes(person())
    assert browser.get(reverse("conversations:file", args=[other.pk, kept.pk])).status_code == 404


def test_pieces_of_other_pages(writes: Writes, person: Person, colleague: People, signed_in: SignedIn) -> None:
    user, _actor = colleague()
    browser, customer = signed_in(user), person(name="مریم رستگار")
    conversation = writes(customer, "کارت تبریک", at=timezone.now() - timedelta(hours=2))
    browser.post(reverse("conversations:assign", args=[conversation.pk]), {"user": user.pk})
    page = reverse("conversations:one", args=[conversation.pk])
    assert page in browser.get("/").content.decode()
    assert (
        page
        in browser.get(reverse("customers:one", args=[customer.pk]) + "?tab=conversations.customer").content.decode()
    )
    assert page in browser.get(reverse("workspace:palette") + "?q=تبریک").content.decode()
    assert page in browser.get(reverse("conversations:list") + "?q=تبریک").content.decode()
    assert page not in browser.get(reverse("conversations:list") + "?q=قهوه").content.decode()
    assert page not in browser.get(reverse("conversations:list") + "?channel=email").content.decode()


def test_a_file_from_the_page(writes: Writes, person: Person, browser: Client) -> None:
    conversation = writes(person())
    url = reverse("conversations:reply", args=[conversation.pk])
    page = browser.get(reverse("conversations:one", args=[conversation.pk])).content.decode()
    assert 'name="files"' in page
    form = {"text": "پیوست", "channel": "sms", "files": SimpleUploadedFile("فاکتور.txt", b"x", "text/plain")}
    refused = browser.post(url, form)
    assert refused.status_code == 422
    assert "پیوست" in refused.content.decode()
    form = {**form, "channel": "email", "files": SimpleUploadedFile("فاکتور.txt", b"x", "text/plain")}
    assert browser.post(url, form).status_code == 302
    assert "فاکتور.txt" in browser.get(reverse("conversations:one", args=[conversation.pk])).content.decode()
