"""Short links: what is rewritten and what stays, codes once for a content, clicks folded once, tokens good once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from peyvand.channels.outreach import opened, services
from peyvand.channels.outreach.addresses import (
    arrival_token,
    arrived_message,
    click_token,
    clicked_message,
    code_make,
    is_code,
)
from peyvand.channels.outreach.dispatching import linked
from peyvand.channels.outreach.dispatching.standing import send_due
from peyvand.channels.outreach.drawing import Drawn, page_of_text
from peyvand.channels.outreach.errors import InvalidError
from peyvand.channels.outreach.models import Arrival, Click, Link, Message
from peyvand.channels.outreach.services import (
    ContentData,
    LinkData,
    TextData,
    arrival_take,
    clicks_digest,
    link_archive,
    link_save,
    send_many,
)
from peyvand.channels.outreach.tests.conftest import Providers
from peyvand.channels.outreach.tracking import rewritten, targets_of
from peyvand.foundation.changes.models import Change
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.customers.models import Customer
from peyvand.memory.interactions.models import Interaction

pytestmark = pytest.mark.django_db
Person = Callable[..., Customer]
SHOP = "https://shop.example/offers?a=1&b=2"
BODY = f"سلام {{{{first_name}}}}، ببینید: {SHOP}. لغو: {{{{unsubscribe_link}}}}"


@pytest.fixture(autouse=True)
def _nothing_known() -> None:
    linked._known.clear()


def offered(
    actor: Actor, person: Person, *, channel: str = "sms", many: int = 1, purpose: str = "news"
) -> list[Message]:
    people = [person(allows=["sms", "email"], purpose=purpose).pk for _n in range(many)]
    content = ContentData(texts=[TextData(BODY, "fa")], title="offer")
    send_many(
        actor=actor, customers=people, purpose=purpose, content=content, dedupe_key=f"o{people[0]}", channel=channel
    )
    return list(Message.objects.filter(customer_id__in=people).order_by("pk"))


@given(st.integers(min_value=1, max_value=2**63 - 1))
def test_a_token_names_its_message_and_nothing_else_does(number: int) -> None:
    token = click_token(number)
    assert clicked_message(token) == number
    wrong = "B" if token[-1] != "B" else "C"
    assert clicked_message(token[:-1] + wrong) is None
    assert clicked_message("0" + token) is None
    assert clicked_message(token + "x") is None


@given(st.text(max_size=40))
def test_junk_is_no_token(text: str) -> None:
    assert clicked_message(text) is None
    assert arrived_message(text, now=timezone.now()) is None


def test_codes_are_short_and_plain() -> None:
    assert all(is_code(code_make()) and len(code_make()) == 8 for _n in range(50))
    assert not any(is_code(one) for one in ("", "a/b", "abc", "x" * 13, "کد", "ab cd"))


def test_what_is_rewritten_and_what_stays(settings: LazySettings) -> None:
    ours = f"{settings.SITE_URL}/p/abc/"
    texts = {
        ":fa": {"form": "text", "body": f"({SHOP}) {ours} https://shop.example/{{{{code}}}} mailto:a@b.ir https://a.ir/«"},
        "email:fa": {
            "form": "mjml", "body": "",
            "html": f'<a href="{SHOP.replace("&", "&amp;")}">x</a><a href="#top">t</a><a href="mailto:a@b.ir">m</a>'
            f'<a class="b" href="{ours}">p</a><img src="https://img.example/a.png"><a href="https://a.ir/{{{{x}}}}">y</a>',
        },
    }  # fmt: skip
    assert targets_of(texts) == (SHOP, "https://a.ir/«")
    codes = {SHOP: "AbCd1234"}
    short = f"{settings.SITE_URL}/r/AbCd1234.7tok"
    said = rewritten(Drawn("s", f"({SHOP}), {ours} {SHOP}/more", str(texts["email:fa"]["html"])), codes, "7tok")
    assert said.text == f"({short}), {ours} {SHOP}/more"
    assert said.html.count(short) == 1
    for stays in ('href="#top"', "mailto:a@b.ir", ours, "https://img.example/a.png", "https://a.ir/{{x}}"):
        assert stays in said.html
    page = rewritten(Drawn("", "", page_of_text(f"ببینید {SHOP}.", "fa")), codes, "7tok").html
    assert f'href="{short}"' in page
    assert "shop.example/offers?a=1&amp;b=2</a>." in page  # what one reads stays; the dot follows it
    assert rewritten(Drawn("s", SHOP), {}, "t").text == SHOP


def test_marketing_leads_through_short_links_and_the_parts_count_what_is_sent(
    actor: Actor, person: Person, providers: Providers, settings: LazySettings
) -> None:
    first, second = offered(actor, person, many=2)
    assert send_due() == 2
    link = Link.objects.get()
    assert (link.target, link.title, link.content_id) == (SHOP, "", first.content_id)
    texts = {one.id: one.text for one in providers.sms.taken}
    for message in (first, second):
        short = f"{settings.SITE_URL}/r/{link.code}.{click_token(message.pk)}"
        assert short in texts[message.pk]
        assert SHOP not in texts[message.pk]
        assert "/u/" in texts[message.pk]
        message.refresh_from_db()
        assert message.parts == -(-len(texts[message.pk]) // 70)
    assert not Change.objects.filter(table_name="outreach_link").exists()
    offered(actor, person, channel="email")
    send_due()
    assert Link.objects.count() == 1
    assert f'href="{settings.SITE_URL}/r/{link.code}.' in providers.email.taken[0].html


def test_no_statement_more_for_a_message_more(
    actor: Actor, person: Person, providers: Providers, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    def statements(many: int) -> int:
        offered(actor, person, many=many)
        with CaptureQueriesContext(connection) as seen, django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
            send_due()
        return sum("outreach_link" in one["sql"] for one in seen.captured_queries)

    assert [statements(2), statements(12), statements(1)] == [3, 0, 0]


def test_service_and_a_house_that_does_not_want_it_are_left_alone(
    actor: Actor, person: Person, providers: Providers
) -> None:
    offered(actor, person, purpose="service")
    services.tracking_save(actor=actor, on=False)
    offered(actor, person)
    services.tracking_save(actor=actor, on=True)
    services.rule_save(
        actor=actor, purpose="news", caps_exempt=True, quiet_exempt=True, fallback=False, hours=1, tracks=False
    )
    offered(actor, person)
    assert send_due() == 3
    assert [SHOP in one.text for one in providers.sms.taken] == [True] * 3
    assert not Link.objects.exists()


def test_a_link_by_hand_leads_only_where_a_link_may(actor: Actor, settings: LazySettings) -> None:
    made = link_save(actor=actor, data=LinkData(target=" https://shop.example/x ", title="پوستر", source="poster"))
    assert (made.target, made.source, made.version) == ("https://shop.example/x", "poster", 1)
    for wrong in ("javascript:alert(1)", "//evil", "", "https://a b.ir", "http://u:p@a.ir", f"{settings.SITE_URL}/p/x"):
        with pytest.raises(InvalidError):
            link_save(actor=actor, data=LinkData(target=wrong))
    content = ContentData(texts=[TextData(SHOP, "fa")])
    kept = services.content_of(actor=actor, given=content)
    linked.links_of([kept])
    of_text = Link.objects.get(content=kept)
    with pytest.raises(InvalidError):
        link_save(actor=actor, data=LinkData(target="https://other.example"), link=of_text)
    assert link_save(actor=actor, data=LinkData(target=SHOP, title="Offer"), link=of_text).title == "Offer"
    with pytest.raises(InvalidError):
        link_archive(actor=actor, link=of_text, archived=True)
    link_archive(actor=actor, link=made, archived=True)
    assert [one.pk for one in opened.links(actor=actor)] == [of_text.pk]


def test_clicks_are_folded_once_and_a_minute_is_one_line(actor: Actor, person: Person, providers: Providers) -> None:
    (message,) = offered(actor, person)
    send_due()
    link, at = Link.objects.get(), datetime(2026, 11, 29, 10, 0, 5, tzinfo=UTC)
    for seconds in (0, 10, 70):
        Click.objects.create(link=link, message_id=message.pk, at=at + timedelta(seconds=seconds))
    Click.objects.create(link=link, message_id=None, at=at)
    Click.objects.create(link=link, message_id=2**40, at=at)  # a message that is gone
    for _twice in range(2):
        clicks_digest()
        link.refresh_from_db()
        assert (link.clicks, link.clicked_at) == (5, at + timedelta(seconds=70))
        told = Interaction.objects.filter(kind="outreach.click")
        assert {(one.customer_id, one.channel, one.direction, one.source_id) for one in told} == {
            (message.customer_id, "sms", "in", message.pk)
        }
        assert told.count() == 2
    (shown,) = opened.opened_of(actor=actor, message=message)
    assert (shown.link, shown.times) == (link, 3)
    days = opened.clicks_by_day(actor=actor, link=link, since=at - timedelta(days=1), tz="Asia/Tehran")
    assert list(days) == [(at.date(), 5, 2)]


def test_who_came_is_told_once_and_within_half_an_hour(actor: Actor, person: Person, providers: Providers) -> None:
    (message,) = offered(actor, person)
    now = timezone.now()
    token = arrival_token(message.pk, now=now)
    assert arrival_take(token=token, demo=True, now=now) is None
    assert arrival_take(token=token, demo=False, now=now + timedelta(minutes=31)) is None
    found = arrival_take(token=token, demo=False, now=now + timedelta(minutes=29))
    assert found is not None
    assert found.customer_id == message.customer_id
    assert arrival_take(token=token, demo=False, now=now) is None
    forged = token[:-1] + ("A" if token[-1] != "A" else "E")
    assert arrival_take(token=forged, demo=False, now=now) is None
    Arrival.objects.update(at=now - timedelta(days=2))
    services.arrivals_sweep()
    assert not Arrival.objects.exists()
