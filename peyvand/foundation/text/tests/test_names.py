"""Guessing the parts of a name, and what an avatar shows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peyvand.foundation.text.keys import clean
from peyvand.foundation.text.names import PersonName, initials, split_person_name


@pytest.mark.parametrize(
    ("full", "parts"),
    [
        ("سارا کمالی", ("", "سارا", "کمالی")),
        ("آقای کیانی", ("آقای", "", "کیانی")),
        ("اقاي حميدرضا كياني", ("اقای", "حمیدرضا", "کیانی")),
        ("خانم دکتر مریم ملک‌زاده", ("خانم دکتر", "مریم", "ملک‌زاده")),
        ("سید علی حسینی", ("سید", "علی", "حسینی")),
        ("سیّده زهرا موسوی", ("سیّده", "زهرا", "موسوی")),
        ("حاج محمود", ("حاج", "محمود", "")),
        ("مهندس رضایی", ("مهندس", "", "رضایی")),
        ("محمد رضا کیانی", ("", "محمد رضا", "کیانی")),
        ("علی کیانی پور", ("", "علی", "کیانی پور")),
        ("علی رضا پور", ("", "علی", "رضا پور")),
        ("مریم سادات هاشمی نژاد", ("", "مریم سادات", "هاشمی نژاد")),
        ("نگین", ("", "نگین", "")),
        ("سید", ("", "سید", "")),
        ("Mr. John Smith", ("Mr.", "John", "Smith")),
        ("Dr Smith", ("Dr", "", "Smith")),
        ("Mary Ann Jones", ("", "Mary Ann", "Jones")),
        ("Ludwig van Beethoven", ("", "Ludwig", "van Beethoven")),
        ("Kiani, Hamidreza", ("", "Hamidreza", "Kiani")),
        ("Smith, Mrs Jane", ("Mrs", "Jane", "Smith")),
        ("", ("", "", "")),
        (",", ("", "", "")),
    ],
)
def test_parts(full: str, parts: tuple[str, str, str]) -> None:
    assert split_person_name(full) == PersonName(*parts)


@given(st.text("اآبیک‌ سیدآقای خانم abcMr.", max_size=40))
def test_no_word_is_lost(full: str) -> None:
    assert split_person_name(full).full == " ".join(clean(full).split())


@pytest.mark.parametrize(
    ("name", "organisation", "shown"),
    [
        ("سارا کمالی", False, "س"),
        ("آقای دکتر کیانی", False, "ک"),
        ("آرش", False, "آ"),
        ("Sara Kamali", False, "SK"),
        ("ludwig van beethoven", False, "LB"),
        ("Dr. Sara", False, "S"),
        ("Sara کمالی", False, "S"),
        ("شرکت نان سحر", True, "ن"),
        ("Aban Trading", True, "A"),
        ("09123456789", False, "#"),
        ("😀", False, "?"),
        ("", False, "?"),
    ],
)
def test_initials(name: str, organisation: bool, shown: str) -> None:
    assert initials(name, organisation) == shown
