from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.template import Context, Template
from django.utils.translation import override

from peyvand.foundation.money.amounts import Money
from peyvand.foundation.ui import formats
from peyvand.foundation.ui.pieces import TimelineItem, by_day
from peyvand.foundation.ui.reader import ENGLISH, PERSIAN, use_reader
from peyvand.foundation.ui.tests.samples import Run


def drawn(source: str, language: str = "fa", **context: object) -> str:
    with override(language), use_reader(PERSIAN if language == "fa" else ENGLISH):
        return Template("{% load ui %}" + source).render(Context(context))


def test_numbers_and_percent_follow_the_language() -> None:
    assert drawn("{{ n|num }}", n=1234567) == "۱٬۲۳۴٬۵۶۷"
    assert drawn("{{ n|num }}", "en", n=1234567) == "1,234,567"
    assert drawn("{{ n|percent }}", n=0.71) == "؜۷۱٪"
    assert drawn("{{ n|percent }}", "en", n=0.71) == "71%"


def test_money_follows_the_readers_unit() -> None:
    rials = Money(21_400_000, "IRR")
    assert drawn("{{ m|money }}", m=rials) == "۲٬۱۴۰٬۰۰۰ تومان"
    with override("fa"), use_reader(replace(PERSIAN, toman=False)):
        assert "ریال" in formats.money(rials)


def test_units_and_the_system_are_named_in_the_readers_language() -> None:
    assert drawn("{{ code|unit }} {{ other|unit }}", code="IRR", other="EUR") == "تومان یورو"
    assert drawn("{{ code|unit }}", "en", code="EUR") == "euro"
    assert drawn("{{ code|unit }}", code="XXA") == "XXA"
    assert drawn("{{ one|doer }}، {{ other|doer }}", one="Peyvand", other="Sara") == "پیوند، Sara"
    assert drawn("{{ one|doer }}", "en", one="Peyvand") == "Peyvand"


def test_a_moment_is_the_readers_own_day() -> None:
    late = datetime(2026, 11, 22, 21, 0, tzinfo=UTC)  # 00:30 of ۲ آذر in Tehran
    assert drawn('{{ at|date:"full" }}', at=late) == "۲ آذر ۱۴۰۵"
    with override("en"), use_reader(replace(ENGLISH, tz="UTC")):
        assert formats.day(late, "full") == "22 November 2026"


def test_a_timeline_groups_by_the_readers_day() -> None:
    now = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
    items = [
        TimelineItem(title="a", at=datetime(2026, 11, 22, 21, 0, tzinfo=UTC)),
        TimelineItem(title="b", at=datetime(2026, 11, 22, 20, 0, tzinfo=UTC)),
    ]
    with override("fa"), use_reader(PERSIAN):
        assert [day.label for day in by_day(items, now=now)] == ["امروز", "دیروز"]


def test_values_of_people_are_escaped_and_isolated() -> None:
    html = drawn('{{ name|bdi }}{% avatar name %}{{ name|marked:"b" }}', name="<b>x")
    assert "<b>" not in html
    assert "<bdi>&lt;b&gt;x</bdi>" in html
    assert "&lt;<mark>b</mark>&gt;x" in html


def test_an_avatar_keeps_its_ground_when_the_name_changes() -> None:
    ground = drawn('{% avatar "مریم" id=9 %}').split('class="')[1].split('"')[0]
    assert ground == drawn('{% avatar "نگین" id=9 %}').split('class="')[1].split('"')[0]


def test_an_unknown_class_shows_nothing() -> None:
    assert drawn('{% rfm_class "champion" %}').count("قهرمان") == 1
    assert drawn('{% rfm_class "" %}') == ""


def test_progress_asks_again_only_while_it_runs() -> None:
    running = drawn('{% progress run url="/p/" %}', run=Run(1, "x", "running", 62, 100))
    assert 'hx-trigger="every 1s"' in running
    assert 'aria-valuenow="62"' in running
    done = drawn('{% progress run url="/p/" %}', run=Run(1, "x", "done", 100, 100))
    assert "hx-get" not in done
    assert "progressbar" not in done


@pytest.mark.parametrize("language", ["fa", "en"])
def test_times_carry_the_machine_and_the_full_form(language: str) -> None:
    html = drawn("{% moment at %}", language, at=datetime(2026, 11, 23, 6, 0, tzinfo=UTC))
    assert 'datetime="2026-11-23T06:00:00+00:00"' in html
    assert "title=" in html
