"""Events are read and cleaned; whatever comes, nothing breaks and nothing is larger than it may be."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peyvand.channels.web import events
from peyvand.channels.web.bots import is_bot
from peyvand.channels.web.sources import device_of, source_of
from peyvand.channels.web.tests.conftest import AGENT, a_batch, uid
from peyvand.channels.web.tests.conftest import an_event as an_event_of_today

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
MS = int(NOW.timestamp() * 1000)


def an_event(kind: str = "page", **more: Any) -> dict[str, Any]:
    return an_event_of_today(kind, **{"t": MS, **more})


def read(*given: Any, at: Any = MS, **more: Any) -> events.Batch:
    return events.read(a_batch(*given, at=at, **more), now=NOW, agent=AGENT)


def test_an_event_is_read() -> None:
    (one,) = read(an_event(t=MS - 1000, d={"ref": "https://www.google.com/"})).events
    assert (one.kind, one.url, one.title) == ("page", "https://shop.example/tea/", "Tea")
    assert one.at == NOW - timedelta(seconds=1)
    assert json.loads(one.data) == {"ref": "https://www.google.com/", "_": {"l": "fa", "a": AGENT}}


@pytest.mark.parametrize("skew", [-86_400_000 * 400, -3_600_000, 0, 5000, 86_400_000 * 400])
def test_a_wrong_clock_is_set_right_by_when_the_page_says_that_it_sends(skew: int) -> None:
    batch = read(an_event(t=MS + skew - 90_000), at=MS + skew)
    assert batch.events[0].at == NOW - timedelta(seconds=90)
    assert not batch.refused


def test_the_future_is_now_and_counted_and_the_long_past_is_refused() -> None:
    batch = read(
        an_event(t=MS + 3_600_000), an_event(t=MS + 60_000), an_event(t=MS - 8 * 86_400_000), an_event(t=10**18)
    )
    assert [one.at for one in batch.events] == [NOW, NOW, NOW]
    assert batch.refused == {"future": 1, "old": 1}
    assert read(an_event(t=-(10**17))).events[0].at == NOW  # no moment at all


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "//shop.example", 'https://x"onclick=', "https://a b", 7, None, "ht!"],
)
def test_only_addresses_of_pages_are_addresses(url: Any) -> None:
    assert read(an_event(u=url)).events[0].url == ""


def test_what_is_no_event_is_left_out_and_counted() -> None:
    batch = read(
        7, {}, an_event(i="short"), an_event(i="!" * 22), an_event("nonsense"), an_event("track:<b>"),
        an_event("track:video played"), an_event("track:" + "x" * 60),
    )  # fmt: skip
    assert [one.kind for one in batch.events] == ["track:video played"]
    assert batch.refused == {"broken": 7}


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"null", b"{", b"\xff\xfe", b'{"e": 1}', b"[" * 100_000, a_batch(v=1), a_batch(m="none"),
        a_batch(*[an_event()] * 51),
    ],
    ids=[str(n) for n in range(10)],  # some hold the time, and a test's name may not
)  # fmt: skip
def test_what_is_no_request_is_refused(body: bytes) -> None:
    with pytest.raises(events.BrokenError):
        events.read(body, now=NOW)


def test_hostile_texts_are_kept_as_texts() -> None:
    title = "<script>alert(1)</script>\x00\ud800 \\N\t\n"
    (one,) = read(
        an_event(n=title, d={"a\x00\ud800": ["\x00x", {"deep": {"deeper": {"deepest": [1]}}}], "n": 1e300})
    ).events
    assert one.title == "<script>alert(1)</script> \\N\t\n"
    line = events.copied(one, site_id=1, demo=False, visitor="v", kept=True)
    assert line.count("\n") == 1
    assert line.count("\t") == 9
    assert "\x00" not in line
    assert "NaN" not in one.data


def test_data_that_is_too_much_is_cut_and_the_event_stays() -> None:
    (one,) = read(an_event(d={f"k{n}": "x" * 500 for n in range(30)})).events
    assert len(one.data) <= events.DATA_LONGEST
    assert json.loads(one.data)["cut"] is True


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(["i", "k", "t", "u", "n", "d"]), anything), anything, anything)
def test_whatever_comes_becomes_a_line_or_nothing(one: dict[str, Any], at: Any, around: Any) -> None:
    body = json.dumps({"v": "x", "m": "full", "at": at, "p": around, "e": [{"i": uid(), "k": "page", **one}]}).encode()
    batch = events.read(body, now=NOW, agent=AGENT)
    for event in batch.events:
        line = events.copied(event, site_id=1, demo=False, visitor="v", kept=True)
        assert line.count("\t") == 9
        assert line.count("\n") == 1
        assert "\x00" not in line
        line.encode()
        assert len(event.data) <= events.DATA_LONGEST
        assert NOW - events.OLDEST <= event.at <= NOW
        json.loads(event.data, parse_constant=lambda word: pytest.fail(word))


@pytest.mark.parametrize(
    ("agent", "bot"),
    [
        (AGENT, False),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1",
            False,
        ),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", True),
        (
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
            True,
        ),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/130.0.0.0 Safari/537.36", True),
        ("python-requests/2.32", True),
        ("curl/8.5.0-really", True),
        ("", True),
    ],
)
def test_crawlers_are_no_visitors(agent: str, bot: bool) -> None:
    assert is_bot(agent) is bot


@pytest.mark.parametrize(
    ("said", "source"),
    [
        ({}, ("", "", "")),
        ({"ref": "https://www.google.com/search?q=x"}, ("google", "organic", "")),
        ({"ref": "https://yandex.ru/"}, ("yandex", "organic", "")),
        ({"ref": "https://t.me/s/shop"}, ("telegram", "social", "")),
        ({"ref": "https://www.blog.example/post"}, ("blog.example", "referral", "")),
        ({"ref": "https://shop.example/"}, ("", "", "")),
        ({"ref": "javascript:alert(1)"}, ("", "", "")),
        ({"click": {"gclid": "x"}, "ref": "https://www.google.com/"}, ("google", "cpc", "")),
        ({"utm": {"source": "mail", "medium": "email", "campaign": "یلدا"}, "click": {"gclid": "x"}},
         ("mail", "email", "یلدا")),
        ({"utm": {"source": 7}, "ref": "https://[bad"}, ("", "", "")),
    ],
)  # fmt: skip
def test_where_a_visit_came_from(said: dict[str, Any], source: tuple[str, str, str]) -> None:
    assert source_of(said, frozenset({"shop.example"})) == source


def test_devices() -> None:
    assert device_of(AGENT) == "phone"
    assert device_of("Mozilla/5.0 (iPad; CPU OS 18_0)") == "tablet"
    assert device_of("Mozilla/5.0 (Windows NT 10.0)") == "desk"
    assert device_of("") == ""
