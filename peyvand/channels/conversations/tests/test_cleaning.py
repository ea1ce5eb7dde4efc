"""Somebody else's HTML: nothing runs, nothing is fetched, the words stay."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peyvand.channels.conversations.cleaning import cleaned, fetches

PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACw="

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href=" \tjava\nscript:alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<iframe src="https://evil.example"></iframe>',
    '<object data="x"></object><embed src="x">',
    '<form action="https://evil.example"><input name=p type=password><button>x</button></form>',
    '<base href="https://evil.example/">',
    '<meta http-equiv="refresh" content="0;url=https://evil.example">',
    '<link rel="stylesheet" href="https://evil.example/x.css">',
    "<style>body{background:url(https://evil.example/x)}</style>",
    '<div style="background:url(https://evil.example/x)">x</div>',
    '<div style="background-color:red;background-image:u\\72l(//evil.example/x)">x</div>',
    '<p style="color:expression(alert(1))">x</p>',
    '<div style="position:fixed;inset:0;z-index:9">x</div>',
    '<body background="https://evil.example/x"><td background="https://evil.example/x">x',
    '<img srcset="https://evil.example/x 2x">',
    '<video poster="https://evil.example/x"><source src="https://evil.example/x"></video>',
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></noscript>",
    '<img src="data:image/svg+xml;base64,PHN2Zz48L3N2Zz4=">',
    '<img src="//evil.example/x.gif">',
    '<img src="\thttps://evil.example/x.gif">',
    '<font style="font-family:\'x\';src:url(//evil.example)">x</font>',
]  # fmt: skip


@pytest.mark.parametrize("html", HOSTILE)
def test_nothing_runs_and_nothing_is_fetched(html: str) -> None:
    shown = cleaned(f"<p>before</p>{html}<p>after</p>").lower()
    outside_of_titles = re.sub(r'title="[^"]*"', "", shown)
    for word in ("<script", "<iframe", "<object", "<form", "<input", "<base", "<meta", "<link", "<style", "<svg"):
        assert word not in outside_of_titles
    assert not re.search(r"<[^>]*\son\w+=", outside_of_titles)
    for word in ("javascript:", "evil.example", "url(", "expression", "position", "svg+xml", "data:text"):
        assert word not in outside_of_titles
    assert "before" in shown


def test_words_direction_language_and_looks_stay() -> None:
    html = '<div dir="rtl" lang="fa" style="color:#123456;text-align:right;font-family:Tahoma"><b>سلام</b> مریم</div>'
    shown = cleaned(html)
    assert 'dir="rtl"' in shown
    assert 'lang="fa"' in shown
    assert "color:#123456" in shown.replace(" ", "")
    assert "<b>سلام</b> مریم" in shown


def test_pictures_of_the_internet_wait_until_asked_for() -> None:
    html = '<p>x<img src="https://shop.example/logo.png" alt="logo" width="100"></p>'
    assert "https://" not in cleaned(html)
    assert 'alt="logo"' in cleaned(html)
    assert 'src="https://shop.example/logo.png"' in cleaned(html, images=True)
    assert fetches(html)
    assert not fetches(f'<img src="{PIXEL}"><a href="https://shop.example">x</a>')


def test_pictures_that_came_along_are_shown() -> None:
    html = '<img src="cid:logo@shop"><img src="cid:other">'
    shown = cleaned(html, inline={"logo@shop": PIXEL, "other": "https://evil.example/x"})
    assert PIXEL in shown
    assert "evil.example" not in shown
    assert "cid:" not in shown


def test_links_open_elsewhere_and_say_nothing_of_us() -> None:
    shown = cleaned('<a href="https://shop.example/?a=1&b=2" onclick="x()">x</a>')
    assert 'href="https://shop.example/?a=1&amp;b=2"' in shown
    assert 'rel="noopener noreferrer nofollow"' in shown
    assert 'target="_blank"' in shown


def test_a_tower_of_tags_is_shown_as_its_words() -> None:
    shown = cleaned("<div>" * 50_000 + "سلام")
    assert "سلام" in shown
    assert shown.count("<div") == 0
    assert cleaned("<b>x</b>" * 20_000).count("<b>") == 20_000


@given(st.text(alphabet=st.sampled_from("<>/\"'= abimgsrcscriptonhrefsytlu:()\\&;#\x00ی"), max_size=300))
@settings(max_examples=300, deadline=None)
def test_cleaning_twice_changes_nothing_and_no_script_survives(html: str) -> None:
    once = cleaned(html)
    assert cleaned(once) == once
    assert "<script" not in once.lower()
    assert "\x00" not in once
