"""Search and sort keys, digits, isolation: the pairs of the Persian conventions and what must hold for any text."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from peyvand.foundation.text.bidi import isolate
from peyvand.foundation.text.digits import latin_digits, persian_digits
from peyvand.foundation.text.keys import clean, fa_key, fa_key_spaced, sort_key

SAME = [
    ("علی", "علي"),
    ("محمد", "مُحَمَّد"),
    ("کتاب", "كتـــاب"),
    ("09123", "۰۹۱۲۳"),
    ("09123", "٠٩١٢٣"),
    ("آقای", "اقای"),
    ("می‌روم", "میروم"),
    ("علی", "ﻋﻠﯽ"),
    ("الله", "ﷲ"),
    ("ریال", "﷼"),
    ("مسئول", "مسیول"),
    ("مؤسسه", "موسسه"),
    ("خانۀ", "خانه"),
    ("خانهٔ", "خانه"),
    ("حیاة", "حیاه"),
    ("أحمد", "احمد"),
    ("إيران", "ایران"),
    ("جزء", "جز"),
    ("Ａｂｃ", "ABC"),
    ("STRASSE", "straße"),
    ("حسن\u00a0 کیانی ", "حسن کیانی"),
    ("\u200fحسن\ufeff", "حسن"),
    ("نر\u00adم", "نرم"),
    ("رحمٰن", "رحمن"),
]


@pytest.mark.parametrize(("left", "right"), SAME)
def test_what_looks_the_same_has_one_key(left: str, right: str) -> None:
    assert fa_key(left) == fa_key(right) != ""


@pytest.mark.parametrize(
    ("left", "right"), [("علی", "علا"), ("پر", "بر"), ("گل", "کل"), ("12", "21"), ("سارا", "زارا")]
)
def test_what_differs_keeps_two_keys(left: str, right: str) -> None:
    assert fa_key(left) != fa_key(right)


def test_zwnj_is_searched_both_ways() -> None:
    assert fa_key("محمد‌رضا") == "محمدرضا"
    assert fa_key_spaced("محمد‌رضا") == fa_key("محمد رضا") == "محمد رضا"


TEXT = st.text(st.characters(codec="utf-8") | st.sampled_from("يىئكةآأءٔـ\u200c\u200d\u200f\ufeff۱٢ﷲﻋ\u0301\u0345ǰİß"))


@given(TEXT)
@example("e\u200d\u0301")
@example("ΐ\u0345")
@example("\u1e9b\u0323")
def test_the_key_is_idempotent_and_bare(text: str) -> None:
    key = fa_key(text)
    assert fa_key(key) == key
    assert key == " ".join(key.split())
    assert not set(key) & set("يىكةآأإؤء\u0640\u200c\u200d\u200e\u200f\ufeff۰۱۲۳٠١٢٣")


@given(TEXT, st.sampled_from(["\u200f", "\u200c", "\u064e", "\u0640", "\u00ad"]), st.integers(0, 99))
def test_invisible_signs_never_change_the_key_of_persian_text(text: str, sign: str, place: int) -> None:
    persian = "".join(letter for letter in text if "\u0621" <= letter <= "\u064a" or letter in "پچژکگی ")
    place = min(place, len(persian))
    assert fa_key(persian[:place] + sign + persian[place:]) == fa_key(persian)


def test_any_unicode_text_has_a_key_that_can_be_stored() -> None:
    for text in ("a\x00b", "\ud800x", "\udfff"):
        fa_key(text).encode()
        clean(text).encode()
        sort_key(text).encode()
        assert "\x00" not in fa_key(text) + clean(text) + sort_key(text)


def test_clean_keeps_what_people_meant() -> None:
    assert clean(" \ufeffعلي كياني\u200f ") == "علی کیانی"
    for kept in ("می‌روم", "آب", "مسئول", "مُحَمَّد", "مؤسسه", "خط ۱\nخط ۲"):
        assert clean(kept) == kept


@given(TEXT)
def test_clean_is_idempotent_and_keeps_the_key(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    if all(unicodedata.category(sign) != "Cc" for sign in text):
        assert fa_key(clean(text)) == fa_key(text)


def test_the_alphabet_is_in_its_order() -> None:
    names = [
        "1",
        "2آ",
        "آرش",
        "ابراهیم",
        "بابک",
        "پرویز",
        "تینا",
        "جواد",
        "چنگیز",
        "حسن",
        "رضا",
        "زهرا",
        "ژاله",
        "سارا",
    ]
    names += ["کیان", "گلناز", "لیلا", "مریم", "نگین", "وحید", "هدی", "یاسمن", "Anna", "éva", "Zoe", "Мария", "😀"]
    assert sorted(names, key=sort_key) == names


def test_sorting_looks_through_arabic_letters_marks_and_case() -> None:
    assert sorted(["كيان", "کامران", "کیوان"], key=sort_key) == ["کامران", "كيان", "کیوان"]
    assert sorted(["bob", "Alice", "álan"], key=sort_key) == ["álan", "Alice", "bob"]
    assert sorted(["علی‌رضا", "علی", "علی اکبر"], key=sort_key) == ["علی", "علی اکبر", "علی‌رضا"]
    assert sort_key("«سارا»").split("\t")[0] == sort_key("سارا").split("\t")[0]


@given(st.lists(TEXT, max_size=6))
def test_the_sort_key_tells_different_names_apart(names: list[str]) -> None:
    for left, right in pairwise(sorted(names, key=sort_key)):
        assert (sort_key(left) == sort_key(right)) == (clean(left) == clean(right))


def test_digits() -> None:
    assert persian_digits("1405/01/02, ٣") == "۱۴۰۵/۰۱/۰۲, ۳"
    assert latin_digits("۱۴۰۵ ٤٥ ６") == "1405 45 6"


@given(st.text("0123456789 ab/"))
def test_digits_go_and_come_back(text: str) -> None:
    assert latin_digits(persian_digits(text)) == text


def test_isolation_cannot_be_left() -> None:
    assert isolate("a@b.ir") == "\u2068a@b.ir\u2069"
    assert isolate("x\u2069\u202ey") == "\u2068xy\u2069"
    assert isolate("") == ""
