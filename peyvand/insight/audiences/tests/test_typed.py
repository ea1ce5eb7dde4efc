"""Words typed as conditions: what is understood is what was said, what is not is told, and nothing is made up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peyvand.foundation.calendar.calendars import CalendarKind
from peyvand.foundation.registry.actor import Actor, Scope, system_actor
from peyvand.insight.audiences import asking, conditions
from peyvand.insight.audiences.asking import Clock
from peyvand.insight.audiences.typed import Understood, understood
from peyvand.memory.commerce.models import Category
from peyvand.memory.consents.services import purposes_ensure
from peyvand.memory.customers import services
from peyvand.memory.customers.data import TraitRow
from peyvand.memory.customers.tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> dict[str, str]:
    """Categories, a city, ten lifetime values, the purposes of consents."""
    purposes_ensure(demo=False)
    ids = {}
    for name, key in (("قهوه", "coffee"), ("چای ایرانی", "iranian"), ("چای خارجی", "foreign")):
        ids[key] = str(Category.objects.create(name_fa=name, key=name).pk)
    people = [factories.customer(f"n{number}", city="تهران" if number else "شیراز") for number in range(10)]
    rows = [
        TraitRow(one.pk, "value.lifetime", number=Decimal(1000 * number), currency="IRR")
        for number, one in enumerate(people, 1)
    ]
    services.traits_write(actor=system_actor(), source="t", rows=rows)
    return ids


def read(text: str, language: str = "fa") -> Understood:
    autumn = Clock(date(2026, 11, 30), ZoneInfo("Asia/Tehran"), CalendarKind.JALALI)
    with translation.override(language), patch.object(asking, "clock", return_value=autumn):
        return understood(text, actor=system_actor())


def bought(of: list[str] | None = None, n: int = 1, no: bool = False, **within: Any) -> dict[str, Any]:
    leaf = [{"field": "category", "operator": "any", "values": of}] if of else []
    return {"did": "ordered", "of": leaf, "count": {"operator": "least", "n": n}, "within": within, "not": no}


SMS = {"field": "consent", "operator": "any", "values": ["news.sms"]}
TOP = {"field": "t.value.lifetime", "operator": "least", "values": ["9000"]}


def test_the_main_job_in_both_languages(house: dict[str, str]) -> None:
    tea = [house["iranian"], house["foreign"]]
    wanted = [TOP, bought(tea, 2, last=90), bought(tea, no=True, since="nowruz"), SMS]
    found = read(
        "مشتریانی که ارزششان بیش از یک‌پنجم بالاست، در ۹۰ روز گذشته دست‌کم دو بار چای خریده‌اند و از نوروز نخریده‌اند،"
        " و با پیامک می‌شود به آن‌ها پیام داد"
    )
    assert (found.nodes, found.missed) == (wanted, [])
    assert len(found.notes) >= 2, "says what amount and which categories"
    Category.objects.filter(key="چای ایرانی").update(name_en="Iranian tea")
    Category.objects.filter(key="چای خارجی").update(name_en="Tea from abroad")
    found = read(
        "Customers worth more than the upper fifth who bought tea at least twice in ninety days and not since Nowruz,"
        " reachable by SMS", "en",
    )  # fmt: skip
    assert (found.nodes, found.missed) == (wanted, [])


@pytest.mark.parametrize(
    ("text", "language", "wanted"),
    [
        ("از نوروز نخریده‌اند", "fa", [bought(no=True, since="nowruz")]),
        ("در ۳ ماه گذشته حداقل ۵ بار خرید کرده‌اند", "fa", [bought(n=5, last=90)]),
        ("bought more than 3 times in the last year", "en", [bought(n=4, last=365)]),
        ("امروز خرید کرده‌اند", "fa", [bought(last=1)]),
        ("مشتریانی که در خطرند", "fa", [{"field": "class", "operator": "any", "values": ["risk"]}]),
        ("ordered this month", "en", [bought(since="month")]),
        ("ارزش طول عمر بیش از ۵ میلیون تومان", "fa",
         [{"field": "t.value.lifetime", "operator": "least", "values": ["50000000"]}]),
        ("اهل تهران", "fa", [{"field": "city", "operator": "is", "values": ["تهران"]}]),
        ("قهرمان یا وفادار", "fa", [{"field": "class", "operator": "any", "values": ["champion", "loyal"]}]),
        ("at risk", "en", [{"field": "class", "operator": "any", "values": ["risk"]}]),
        ("اجازه‌ی تلگرام دارند", "fa", [{"field": "consent", "operator": "any", "values": ["news.messenger:telegram"]}]),
        ("از شب یلدا خرید کرده‌اند", "fa", [bought(since="yalda")]),
        ("bought since Yalda", "en", [bought(since="yalda")]),
        ("این فصل نخریده‌اند", "fa", [bought(no=True, since="season")]),
        ("فصل گذشته خرید کرده‌اند", "fa", [bought(**{"from": "2026-06-22", "to": "2026-09-22"})]),
        ("bought last season", "en", [bought(**{"from": "2026-06-22", "to": "2026-09-22"})]),
        ("ordered between 2026-01-05 and 2026-02-10", "en", [bought(**{"from": "2026-01-05", "to": "2026-02-10"})]),
        ("بین ۱ مهر ۱۴۰۴ تا ۱۰ مهر ۱۴۰۴ خرید کرده‌اند", "fa", [bought(**{"from": "2025-09-23", "to": "2025-10-02"})]),
        ("bought between 2 and 4 times", "en",
         [bought(n=2), {**bought(), "count": {"operator": "most", "n": 4}}]),
        ("ارزش طول عمر بین ۲ و ۵ میلیون تومان", "fa",
         [{"field": "t.value.lifetime", "operator": "between", "values": ["20000000", "50000000"]}]),
        ("visited the site in the last 7 days", "en",
         [{**bought(last=7), "did": "visited"}]),
    ],
)  # fmt: skip
def test_what_is_said_is_what_is_asked(
    house: dict[str, str], text: str, language: str, wanted: list[dict[str, Any]]
) -> None:
    found = read(text, language)
    assert (found.nodes, found.missed) == (wanted, [])


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("کسانی که موهای بلند دارند", "fa"),
        ("people with a red car", "en"),
        ("bought by phone from Mars", "en"),
        ("ایمیل دارند", "fa"),
        ("since Nowruz", "en"),
        ("ordered between 1405/01/31 and 1405/02/32", "en"),
    ],
)
def test_what_nobody_understands_is_told_and_nothing_is_made_of_it(
    house: dict[str, str], text: str, language: str
) -> None:
    found = read(text, language)
    assert found.missed
    assert not [node for node in found.nodes if node.get("did") != "ordered"]


def test_a_hidden_field_is_not_understood(house: dict[str, str]) -> None:
    grants = {"customers.view": Scope.ALL, "audiences.view": Scope.ALL}
    blind = Actor(user_id=None, name="x", grants=grants, hidden=frozenset({"customer.city"}))
    with translation.override("fa"):
        found = understood("اهل تهران", actor=blind)
    assert not found.nodes
    assert found.missed == ["اهل تهران"]


WORDS = [
    *("خریده‌اند", "از نوروز", "نه", "و", "یا", "۹۰", "روز", "بار", "دست‌کم"),
    *("چای", "قهوه", "پیامک", "bought", "not", "since", "nowruz", "top", "fifth"),
    *("worth", "over", "5", "million", "times", ",", "in", "days", "تهران"),
    *("قهرمان", "؟", "reachable", "by", "email", "0", "between"),
]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(WORDS), max_size=14), st.sampled_from(["fa", "en"]))
def test_whatever_is_typed_gives_conditions_that_can_be_read(
    house: dict[str, str], said: list[str], language: str
) -> None:
    found = read(" ".join(said), language)
    for node in found.nodes:
        conditions.read({"all": [node]}, actor=system_actor())
