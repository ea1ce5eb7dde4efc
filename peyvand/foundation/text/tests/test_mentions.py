"""Somebody is met in a text however it is written, and nobody else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peyvand.foundation.text.mentions import GONE, Mentioned

NIMA = Mentioned.of(
    ids=[7], names=["نیما سپهری‌کیا", "Nima Sepehri"], addresses=["Nima@Example.com", "+989120001122", "C-1034", "55"]
)


@pytest.mark.parametrize(
    "cells",
    [
        ("نيما", "سپهري كيا"),
        ("سپهری‌کیا، نیما",),
        ("SEPEHRI", "nima"),
        ("Bill of Nima Sepehri, 3 lines",),
        ("x", "nima@example.COM "),
        ("۰۹۱۲ ۰۰۰ ۱۱۲۲",),
        ("0912-000-1122",),
        ("tel:00989120001122;",),
        ("code C-1034",),
        ("ＮＩＭＡ", "Sepehri"),
        ("نـیما سپهری کیا",),
    ],
)
def test_they_are_met(cells: tuple[str, ...]) -> None:
    assert NIMA.in_row(cells)


@pytest.mark.parametrize(
    "cells",
    [
        (),
        ("",),
        ("Nima",),
        ("نیما کیانی",),
        ("55",),
        ("9120001123",),
        ("C-10345",),
        ("anima@example.com",),
        ("Sepehri",),
    ],
)
def test_others_are_not(cells: tuple[str, ...]) -> None:
    assert not NIMA.in_row(cells)


def test_a_short_name_alone_must_be_the_whole_cell() -> None:
    sara = Mentioned.of(ids=[1], names=["Sara"], addresses=[])
    assert sara.in_row(("1", "sara", "x"))
    assert not sara.in_text("Sara Kiani")
    assert Mentioned.of(ids=[1], names=["Hamidreza"], addresses=[]).in_text("for hamidreza, with love")


def test_what_is_too_short_is_nobody() -> None:
    nobody = Mentioned.of(ids=[1], names=["A", ""], addresses=["12", "1234567"])
    assert not nobody.in_text("A 12 1234567 B")
    assert nobody.without("A 12") == "A 12"


def test_names_are_taken_out_the_longest_first() -> None:
    one = Mentioned.of(ids=[], names=["Nima", "Nima Sepehri"], addresses=[])
    assert one.without("Nima Sepehri and Nima") == f"{GONE} and {GONE}"


@given(
    st.text("abcانیکي ‌۱2_-", min_size=6, max_size=12).filter(lambda text: len(text.split()) > 1),
    st.text("xyz زژ۳", max_size=9),
)
def test_a_name_is_met_inside_any_text(name: str, round_it: str) -> None:
    one = Mentioned.of(ids=[], names=[name], addresses=[])
    if one._names:
        assert one.in_row((round_it, name, round_it))
