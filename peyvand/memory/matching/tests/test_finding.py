"""Those who have just changed are compared at once, by exact keys; decisions stay."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from peyvand.memory.customers.models import Identity
from peyvand.memory.matching import finding
from peyvand.memory.matching.finding import search
from peyvand.memory.matching.models import Pair
from peyvand.memory.matching.services import different
from peyvand.memory.matching.services.asking import look_at
from peyvand.memory.matching.tests.factories import actor, customer

pytestmark = pytest.mark.django_db


def test_the_same_phone_and_a_name_in_latin_letters_is_certain() -> None:
    customer("سارا کریمی", phone="09121234567")
    second = customer("Sara Karimi", phone="0912 123 4567")
    assert look_at(demo=False, customer_ids=[second.pk]) == 1
    found = Pair.objects.get()
    assert found.level == "certain"
    assert {(one["what"], one["how"]) for one in found.reasons} >= {("name", "sound"), ("phone", "same")}


def test_a_household_is_not_one_person() -> None:
    customer("علی رستگار", phone="09121234567")
    second = customer("زهرا رستگار", phone="09121234567")
    assert look_at(demo=False, customer_ids=[second.pk]) == 0


def test_the_two_businesses_and_the_two_kinds_never_meet() -> None:
    customer("گلستان", phone="09121234567", demo=True)
    customer("گلستان", phone="09121234567", kind="organisation")
    one = customer("گلستان", phone="09121234567")
    assert look_at(demo=False, customer_ids=[one.pk]) == 0


def test_what_was_decided_is_not_asked_again_and_what_is_no_more_goes() -> None:
    one, other = customer("نگار امینی", phone="09121234567"), customer("نگار امینی", phone="09121234567")
    look_at(demo=False, customer_ids=[one.pk])
    look_at(demo=False, customer_ids=[one.pk])
    pair = Pair.objects.get()
    different(actor=actor(), pair_id=pair.pk)
    look_at(demo=False, customer_ids=[other.pk])
    assert Pair.objects.get().state == "different"
    third = customer("نگار امینی", phone="09121234567")
    look_at(demo=False, customer_ids=[third.pk])
    assert Pair.objects.filter(state="open").count() == 2
    Identity.objects.filter(customer=third).delete()
    third.name = third.given_name = third.family_name = "کسی دیگر"
    third.search_key = "کسی دیگر"
    third.save()
    look_at(demo=False, customer_ids=[third.pk])
    assert not Pair.objects.filter(state="open").exists()


@pytest.mark.django_db(transaction=True)
def test_a_base_that_teaches_nothing_is_judged_by_the_given_values(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "LEARNED_FROM", 2)
    for number in range(12):  # no name twice, so that training has no pairs to learn from
        customer(f"مریم کیانی {'ابپتثجچحخدرز'[number]}", phone=f"0912000{number // 2:04d}")
    assert finding.search(demo=False, kind="person", folder=tmp_path).records == 12


@pytest.mark.django_db(transaction=True)
def test_the_search_over_the_whole_base_reads_and_keeps(tmp_path: Path) -> None:
    first = customer("سارا کریمی", phone="09121234567", city="یزد")
    second = customer("Sara Karimi", phone="09121234567")
    apart = customer("نگار امینی", phone="09129999999"), customer("نگار امینی", phone="09129999999")
    look_at(demo=False, customer_ids=[apart[0].pk])
    different(actor=actor(), pair_id=Pair.objects.get().pk)
    customer("سارا کریمی", phone="09121234567", demo=True)
    customer("شرکت کاوه", phone="02188880000", kind="organisation")
    customer("کاوه", phone="02188880000", kind="organisation")
    people = search(demo=False, kind="person", folder=tmp_path)
    assert (people.records, people.new) == (4, 1)
    assert Pair.objects.filter(state="open", a=first, b=second, level="certain").exists()
    assert Pair.objects.filter(state="different").count() == 1
    folder = tmp_path / "again"
    folder.mkdir()
    assert search(demo=False, kind="organisation", folder=folder).new == 1
    third = tmp_path / "third"
    third.mkdir()
    again = search(demo=False, kind="person", folder=third)
    assert (again.new, again.gone) == (0, 0)


def test_a_rule_that_brings_too_many_pairs_lets_go_of_its_largest_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    with duckdb.connect() as own:
        own.execute("CREATE TABLE keyed AS SELECT unnest(['a', 'a', 'b', 'b', 'b', 'c', NULL]) AS b_end")
        assert finding._largest(own, "b_end") == finding.LARGEST_BLOCK
        monkeypatch.setattr(finding, "MOST_PAIRS", 3)  # a brings one, b three
        assert finding._largest(own, "b_end") == 2
        monkeypatch.setattr(finding, "MOST_PAIRS", 0)
        assert finding._largest(own, "b_end") == 1
