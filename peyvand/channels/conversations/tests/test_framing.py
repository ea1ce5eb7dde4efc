"""What came with looks of its own: in a frame without rights, its pictures only when asked for."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from peyvand.channels.conversations.data import ReceivedFile
from peyvand.channels.conversations.models import Conversation
from peyvand.channels.conversations.tests.conftest import Writes
from peyvand.foundation.accounts.models import User
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.customers.models import Customer

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
HTML = '<b onclick="x()">سلام</b><script>x()</script><img src="https://evil.example/p.gif"><img src="cid:logo@x">'


@pytest.fixture
def browser(colleague: Callable[..., tuple[User, Actor]], signed_in: Callable[[User], Client]) -> Client:
    return signed_in(colleague(name="Shirin")[0])


def _frame(browser: Client, conversation: Conversation, **query: str) -> tuple[str, str]:
    address = reverse("conversations:page", args=[conversation.pk, conversation.entries.get().pk])
    answer = browser.get(address, query)
    assert answer.status_code == 200
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    return answer.content.decode(), answer["Content-Security-Policy"]


def test_the_frame_has_no_rights(writes: Writes, person: Callable[..., Customer], browser: Client) -> None:
    picture = ReceivedFile("logo.png", "image/png", PNG, "logo@x")
    conversation = writes(person(), "سلام", html=HTML, files=[picture])
    shown, policy = _frame(browser, conversation)
    assert "<b>سلام</b>" in shown
    assert "script" not in shown
    assert "evil.example" not in shown
    assert "data:image/png;base64," in shown
    assert policy.startswith("sandbox ")
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert "http" not in policy


def test_pictures_come_when_asked_for(writes: Writes, person: Callable[..., Customer], browser: Client) -> None:
    conversation = writes(person(), "سلام", html=HTML)
    shown, policy = _frame(browser, conversation, images="1")
    assert 'src="https://evil.example/p.gif"' in shown
    assert "img-src data: https: http:" in policy
    address = reverse("conversations:one", args=[conversation.pk])
    frame = reverse("conversations:page", args=[conversation.pk, conversation.entries.get().pk])
    page = browser.get(address).content.decode()
    assert f'src="{frame}"' in page
    assert f"{address}?images=1" in page
    assert f'src="{frame}?images=1"' in browser.get(address, {"images": "1"}).content.decode()
    assert f"?mark={browser.get(address).context['thread_mark']}&images=1" in browser.get(
        address, {"images": "1"}
    ).content.decode().replace("&amp;", "&")


def test_what_was_said_before_is_folded_and_doubt_is_shown(
    writes: Writes, person: Callable[..., Customer], browser: Client
) -> None:
    text = "رسید، ممنون\n\nOn Monday we wrote:\n> سلام"
    conversation = writes(person(), text, quote_at=text.index("On Monday"), trusted=False)
    page = browser.get(reverse("conversations:one", args=[conversation.pk])).content.decode()
    assert '<details class="cv-quote">' in page
    assert page.index("رسید، ممنون") < page.index("cv-quote") < page.index("On Monday we wrote:")
    assert "cv-state warn" in page
    assert conversation.entries.get().text == text


def test_others_frames_are_not_there(
    writes: Writes, person: Callable[..., Customer], colleague: Callable[..., tuple[User, Actor]],
    signed_in: Callable[[User], Client],
) -> None:  # fmt: skip
    conversation = writes(person(), "سلام", html=HTML)
    said = conversation.entries.get().pk
    stranger, manager = signed_in(colleague("sales")[0]), signed_in(colleague("manager")[0])
    assert stranger.get(reverse("conversations:page", args=[conversation.pk, said])).status_code == 404
    other = writes(person(), "دیگر")
    assert manager.get(reverse("conversations:page", args=[other.pk, said])).status_code == 404
