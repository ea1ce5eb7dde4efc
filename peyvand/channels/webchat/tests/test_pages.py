"""The staff's pages: the widget's form, the visitor beside the conversation, what hostile names look like."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from peyvand.channels.conversations.live.hub import Hub, typing_there
from peyvand.channels.conversations.models import Conversation
from peyvand.channels.webchat import services
from peyvand.channels.webchat.data import Intro, Place
from peyvand.channels.webchat.models import Line, Widget
from peyvand.channels.webchat.widget_part import config
from peyvand.foundation.accounts.models import User
from peyvand.foundation.registry.actor import Actor

pytestmark = pytest.mark.django_db
HOSTILE = "<img src=x onerror=alert(1)>\u202e"


@pytest.fixture
def browser(colleague: Callable[..., tuple[User, Actor]], client: Client, settings: Any) -> Client:
    user, _actor = colleague("admin", name="سارا")
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    session = client.session
    session["demo"] = False
    session.save()
    return client


def test_a_chat_is_set_up_and_what_is_wrong_stands_beside_its_field(browser: Client, widget: Widget) -> None:
    url = reverse("webchat:widget", args=[widget.site_id])
    assert "data-preview" in browser.get(url).content.decode()
    form = {
        "title_fa": "گفت‌وگو", "accent": "#ffff00", "position": "start", "ask_name": "must", "ask_email": "no",
        "ask_phone": "no", "openings_fa": "کجا؟\nکی؟", "openings_en": "Where?", "active": "on", "version": "1",
    }  # fmt: skip
    answer = browser.post(url, form)
    assert answer.status_code == 422
    assert "خوانا نیست" in answer.content.decode()
    assert browser.post(url, {**form, "accent": "#7a1f1f"}).status_code == 302
    widget.refresh_from_db()
    assert widget.openings == [{"fa": "کجا؟", "en": "Where?"}, {"fa": "کی؟", "en": ""}]
    assert browser.post(url, {**form, "accent": "#7a1f1f"}).status_code == 409
    told = config(widget.site)
    assert told == {"accent": "#7a1f1f", "position": "start", "open": "گفت‌وگو"}
    browser.post(url, {**form, "accent": "#7a1f1f", "active": "", "version": "2"})
    assert config(widget.site) is None
    assert browser.get(reverse("webchat:widgets")).status_code == 200
    assert browser.get(reverse("webchat:widget", args=[10**9])).status_code == 404


def test_the_visitor_stands_beside_the_conversation_and_is_never_markup(
    browser: Client, place: Callable[..., Place], says: Callable[..., Line], widget: Widget
) -> None:
    widget.ask_email = "may"
    widget.save()
    here = place(page=f"https://shop.example/{HOSTILE}", title=HOSTILE)
    services.introduce(place=here, intro=Intro(HOSTILE, "mina@home.ir"))
    line = says(here, HOSTILE)
    talk = Conversation.objects.get()
    pages = [
        browser.get(reverse("conversations:one", args=[talk.pk])).content.decode(),
        browser.post(reverse("conversations:here", args=[talk.pk]), {"typing": "0"}).content.decode(),
    ]
    assert all("<img src=x" not in page for page in pages)
    assert "خودش گفته، ثابت نشده" in pages[0]
    assert "اکنون در سایت" in pages[1]
    assert reverse("webchat:transcript", args=[talk.pk]) in pages[0]
    assert browser.post(reverse("webchat:transcript", args=[talk.pk])).status_code == 302
    services.left(key=line.chat.visitor.key)
    page = browser.post(reverse("conversations:here", args=[talk.pk]), {}).content.decode()
    assert "از سایت رفت" in page
    line.chat.refresh_from_db()
    assert line.chat.left_at is not None
    assert line.chat.left_at <= timezone.now()
    talk.channel = "sms"
    talk.save()
    assert browser.post(reverse("webchat:transcript", args=[10**9])).status_code == 404


def test_who_types_is_believed_for_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    here = Hub()
    monkeypatch.setattr("peyvand.channels.conversations.live.hub._hubs", {None: here})
    for payload, types in (("t7", True), ("s7", False), ("t7", True), ("7", False), ("tx", False)):
        here._typing(payload)
        assert typing_there(7) is types
    here.typed[7] = -1e9
    assert not typing_there(7)
