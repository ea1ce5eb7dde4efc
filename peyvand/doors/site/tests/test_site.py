"""The public pages: links that only their owner has, nothing changed by looking, junk told apart without a query."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from importlib import import_module

import pytest
from django.conf import LazySettings
from django.test import Client

from peyvand.channels.outreach import services
from peyvand.channels.outreach.addresses import message_of, message_token
from peyvand.channels.outreach.dispatching.standing import send_due
from peyvand.channels.outreach.models import Message, OptIn, Recipient, State
from peyvand.channels.outreach.services import ContentData, Request, TextData, opt_in_ask, send
from peyvand.channels.outreach.tests.conftest import Providers
from peyvand.channels.outreach.tests.conftest import actor as actor
from peyvand.channels.outreach.tests.conftest import person as person
from peyvand.channels.outreach.tests.conftest import providers as providers
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.consents.models import ConsentEntry, ConsentState
from peyvand.memory.customers.models import Customer
from peyvand.memory.interactions.models import Interaction

pytestmark = pytest.mark.django_db
Person = Callable[..., Customer]


@pytest.fixture
def site(settings: LazySettings) -> Iterator[Client]:
    """A browser at the public site, with that process's own settings."""
    own = import_module("peyvand.config.settings_site")
    for name in ("ROOT_URLCONF", "MIDDLEWARE", "TEMPLATES", "CONTENT_SECURITY_POLICY"):
        setattr(settings, name, getattr(own, name))
    return Client(HTTP_HOST="127.0.0.1:8001")


def test_its_process_starts_with_its_own_settings() -> None:
    """In a process of its own: what an app demands of the settings is demanded there only."""
    environ = {**os.environ, "DJANGO_SETTINGS_MODULE": "peyvand.config.settings_site"}
    asked = [sys.executable, "-c", "from peyvand.config.asgi_site import application; print(callable(application))"]
    started = subprocess.run(asked, env=environ, capture_output=True, text=True, check=False)
    assert started.stdout.strip() == "True", started.stderr


def link_of(customer: Customer) -> str:
    return services.recipient_of(customer=customer).link


def said(customer: Customer, purpose: str, channel: str) -> str:
    found = ConsentState.objects.filter(customer=customer, purpose__key=purpose, channel=channel).first()
    return found.decision if found else ""


def test_a_recipient_sees_what_they_allow_and_changes_it(
    site: Client, actor: Actor, person: Person, providers: Providers
) -> None:
    sara = person(allows=["sms"], name="سارا کیانی")
    path = f"/p/{link_of(sara)}/"
    shown = site.get(path)
    assert shown.status_code == 200
    text = shown.content.decode()
    assert 'lang="fa" dir="rtl"' in text
    assert "سارا کیانی" in text
    assert 'value="news/sms" checked' in text
    assert not shown.cookies
    assert shown["Cache-Control"] == "private, no-store"
    assert "default-src" in shown["Content-Security-Policy"]
    answer = site.post(
        path,
        {
            "allow": ["news/email", "service/sms"],
            "pace": "weekly",
            "preferred": "email",
            "language": "en",
            "pause": "7",
        },
    )
    assert answer.status_code == 302
    assert (said(sara, "news", "sms"), said(sara, "news", "email")) == ("withdrawn", "given")
    assert said(sara, "service", "email") == "withdrawn", "an open purpose that is not ticked is a no"
    line = ConsentEntry.objects.filter(customer=sara, purpose__key="news", channel="sms").latest("id")
    assert (line.recorder, line.source) == ("customer", "preferences")
    assert line.proof_data["page"] == path
    kept = Recipient.objects.get(customer=sara)
    assert (kept.pace, kept.preferred) == ("weekly", "email")
    assert kept.paused_until is not None
    sara.refresh_from_db()
    assert sara.language == "en"
    assert Interaction.objects.filter(customer=sara, kind="outreach.said").exists()
    assert 'lang="en" dir="ltr"' in site.get(path).content.decode()


def test_looking_changes_nothing_and_one_click_stops_it(
    site: Client, actor: Actor, person: Person, providers: Providers
) -> None:
    sara = person(allows=["email", "sms"])
    content = ContentData(texts=[TextData("سلام", "fa", subject="خبر")])

    def ask(key: str) -> Message:
        return send(
            actor=actor,
            request=Request(customer=sara.pk, purpose="news", content=content, dedupe_key=key, channel="email"),
        )

    ask("first")
    send_due()
    path = providers.email.taken[0].one_click_url.partition("127.0.0.1")[2].partition("/")[2]
    waiting = ask("second")
    for _time in range(20):
        assert site.get(f"/{path}").status_code == 200
        assert site.head(f"/{path}").status_code == 200
    assert said(sara, "news", "email") == "given"
    machine = site.post(f"/{path}", {"List-Unsubscribe": "One-Click"})
    assert (machine.status_code, machine.content) == (200, b"")
    assert said(sara, "news", "email") == "withdrawn"
    assert said(sara, "news", "sms") == "given", "only this channel"
    assert site.post(f"/{path}").status_code == 200
    assert ConsentEntry.objects.filter(customer=sara, decision="withdrawn").count() == 1
    send_due()
    waiting.refresh_from_db()
    assert waiting.state == State.REFUSED, "what was queued is dropped when it would go"


def test_junk_asks_the_database_nothing(site: Client, django_assert_num_queries: Callable[..., object]) -> None:
    real = message_token(uuid.uuid4())
    junk = ["x", "%00", "../../etc", real[:-1], real[:-2] + "AA", "A" * 5000, "سلام", uuid.uuid4().hex]
    for token in junk:
        assert message_of(token) is None
    for path in ("/u/{}/", "/yes/{}/", "/p/{}/"):
        for token in ("x", real[:10], "A" * 500):
            answer = site.get(path.format(token))
            assert answer.status_code == 404
            assert not answer.cookies
    assert site.post("/hooks/sms/" + "A" * 20 + "/").status_code == 404
    assert site.post("/hooks/nobody/" + "A" * 20 + "/").status_code == 404


def test_a_link_is_its_owner_s_alone(site: Client, actor: Actor, person: Person, providers: Providers) -> None:
    sara, omid = person(allows=["sms"], name="Sara Owner"), person(allows=["sms"], name="Omid Other")
    page = site.get(f"/p/{link_of(sara)}/").content.decode()
    assert "Omid Other" not in page
    site.post(f"/p/{link_of(sara)}/", {"allow": [], "everything": "off"})
    assert said(sara, "news", "sms") == "withdrawn"
    assert said(omid, "news", "sms") == "given"


def test_double_opt_in_gives_only_after_the_button(
    site: Client, actor: Actor, person: Person, providers: Providers
) -> None:
    sara = person()
    address = sara.identities.get(kind="email").value
    opt_in_ask(actor=actor, customer=sara, purpose="news", channel="email", address=address)
    send_due()
    (mail,) = providers.email.taken
    assert mail.to == address
    link = next(word for word in mail.text.split() if "/yes/" in word)
    path = "/yes/" + link.partition("/yes/")[2]
    assert "خبرها و پیشنهادها" in site.get(path).content.decode()
    assert said(sara, "news", "email") == ""
    assert site.post(path).status_code == 200
    assert said(sara, "news", "email") == "given"
    line = ConsentEntry.objects.get(customer=sara)
    assert (line.source, line.proof_data["address"]) == ("opt-in", address)
    assert site.post(path).status_code == 200
    assert ConsentEntry.objects.filter(customer=sara).count() == 1
    OptIn.objects.update(expires_at="2020-01-01T00:00Z")
    assert site.get(path).status_code == 404


def test_forget_me_is_asked_for_once_and_stops_news(
    site: Client, actor: Actor, person: Person, providers: Providers
) -> None:
    sara = person(allows=["sms"])
    path = f"/p/{link_of(sara)}/forget/"
    assert site.get(path).status_code == 200
    for _time in range(3):
        assert site.post(path).status_code == 302
    assert Interaction.objects.filter(customer=sara, payload__forget=True).count() == 1
    content = ContentData(texts=[TextData("سلام", "fa")])
    held = send(
        actor=actor,
        request=Request(customer=sara.pk, purpose="news", content=content, dedupe_key="k", channel="sms"),
    )
    assert held.reason.endswith("frequency.paused")
