"""Searching and paging, however they are read, give what a plain look at every row gives: for every reach and order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peyvand.foundation.accounts.models import Membership
from peyvand.foundation.changes.models import ChangeSet
from peyvand.foundation.changes.services import undo
from peyvand.foundation.registry.actor import Actor, Scope, system_actor
from peyvand.foundation.text.keys import fa_key
from peyvand.foundation.ui import lists
from peyvand.memory.customers import listing, naming, queries, services
from peyvand.memory.customers.filters import asked
from peyvand.memory.customers.keys import search_key_of, sort_key_of
from peyvand.memory.customers.listing import Listing
from peyvand.memory.customers.models import Bearer, Customer, NameWord, Touch, Trait
from peyvand.memory.customers.tests import factories

pytestmark = pytest.mark.django_db
quiet = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
WORDS = ("محمد", "محمدی", "علی", "علی‌زاده", "فاطمه", "رضا", "زاده", "ال", "Ali", "آرمان", "م", "100%", "b_c")
names = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)
texts = st.one_of(
    st.sampled_from(("محمد", "علی", "م", "مح", "زاده", "الی", "ali", "محمد رضا", "رضا محمد علی م", "نبود", "ال علی")),
    names,
)
DAY = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture(params=[(0, 9), (2, 2), (naming.FEW, naming.WALKED)], ids=["walked", "between", "as it is"])
def bounds(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The numbers at which a name is common, from nobody on to far more than there are."""
    few, walked = request.param
    monkeypatch.setattr(naming, "FEW", few)
    monkeypatch.setattr(listing, "FEW", few)
    monkeypatch.setattr(naming, "WALKED", walked)


@pytest.fixture
def actors() -> dict[str, Actor]:
    """Sara and Negin share a team; Sara sees her own, her team's or all."""
    sara, negin = factories.user("Sara"), factories.user("Negin")
    team = factories.team(sara, negin)
    actors = {scope.name: factories.actor(sara, scope=scope, teams=(team,)) for scope in Scope}
    return {**actors, "negin": factories.actor(negin, scope=Scope.OWN, teams=(team,))}


def people(made: list[tuple[str, int, int]], actors: dict[str, Actor]) -> None:
    """Nobody but these: customers of Sara, Negin or nobody, in the team or not, one in three with a revenue."""
    Customer.objects.all().delete()
    owners = (actors["TEAM"].user_id, actors["negin"].user_id, None)
    (team,) = actors["TEAM"].team_ids
    rows = [
        Customer(
            name=name, search_key=search_key_of(name), sort_key=sort_key_of(name), demo=more == 7,
            owner_id=owners[owner], team_id=team if more in (1, 2) else None,
            kind="organisation" if more == 3 else "person", city="شیراز" if more % 2 else "تبریز",
        )
        for name, owner, more in made
    ]  # fmt: skip
    some = [
        (row, more)
        for row, (_name, _owner, more) in zip(Customer.objects.bulk_create(rows), made, strict=True)
        if more % 3 == 0
    ]
    Trait.objects.bulk_create(
        Trait(demo=row.demo, customer=row, name=queries.WORTH, number=more, currency="IRR") for row, more in some
    )
    for row, more in some:
        Touch.objects.filter(pk=row.pk).update(at=DAY + timedelta(days=more))


def seen(actor: Actor) -> list[Customer]:
    """Everyone whom the actor sees, as the rule is written, in the order of names."""
    scope = actor.scope("customers.view")
    if scope is Scope.NONE:
        return []
    members = Membership.objects.filter(team_id__in=actor.team_ids).values_list("user_id", flat=True)
    colleagues = set(members) if scope is Scope.TEAM else set()
    return [
        one
        for one in sorted(Customer.objects.filter(demo=actor.demo), key=lambda one: (one.sort_key, one.pk))
        if scope is Scope.ALL
        or one.owner_id == actor.user_id
        or (scope is Scope.TEAM and (one.team_id in actor.team_ids or one.owner_id in colleagues))
    ]


def has(one: Customer, text: str) -> bool:
    """Whether every part of the text is in the name."""
    return all(part in search_key_of(one.name) for part in fa_key(text).split())


made_of = st.lists(st.tuples(names, st.integers(0, 2), st.integers(0, 7)), max_size=14)


@pytest.mark.usefixtures("bounds")
@quiet
@given(made=made_of, text=texts)
def test_a_search_gives_the_first_by_name_of_those_one_sees(
    actors: dict[str, Actor], made: list[tuple[str, int, int]], text: str
) -> None:
    people(made, actors)
    for actor in actors.values():
        wanted = [one.pk for one in seen(actor) if has(one, text)]
        found = queries.customers_search(actor=actor, text=text, limit=5)
        assert [one.pk for one in found.rows if not found.guessed] == wanted[:5]
        persons = [one.pk for one in seen(actor) if has(one, text) and one.kind == "person"]
        found = queries.customers_search(actor=actor, text=text, limit=5, kind="person")
        assert [one.pk for one in found.rows if not found.guessed] == persons[:5]


@pytest.mark.usefixtures("bounds")
@quiet
@given(
    made=made_of,
    text=st.one_of(st.just(""), texts),
    order=st.sampled_from(sorted(queries.ORDERS)),
    narrowing=st.sampled_from(({}, {"city": "شیراز"}, {"view": "people"}, {"touched": "-30", "city": "تبریز"})),
    size=st.integers(1, 4),
)
def test_pages_and_counts_are_those_of_a_plain_look(
    actors: dict[str, Actor],
    made: list[tuple[str, int, int]],
    text: str,
    order: str,
    narrowing: dict[str, str],
    size: int,
) -> None:
    people(made, actors)
    for actor in actors.values():
        if not actor.may("customers.view"):
            continue
        fits = [
            one
            for one in seen(actor)
            if has(one, text)
            and narrowing.get("city", one.city) == one.city
            and ("view" not in narrowing or one.kind == "person")
        ]
        expected = [one.pk for one in _sorted(fits, order)]
        found = Listing(actor, asked(actor=actor, query={"q": text, "sort": order, **narrowing}, currency="IRR"), "IRR")
        pages = [found.page(size=size)]
        while pages[-1].next_cursor is not None:
            pages.append(found.page(cursor=pages[-1].next_cursor, size=size))
        assert [row.pk for one in pages for row in one.rows] == expected
        for before, one in pairwise(pages):
            back = found.page(cursor=one.previous_cursor, size=size, backwards=True)
            assert [row.pk for row in back.rows] == [row.pk for row in before.rows]
        assert found.count() == (len(expected), False)
        assert set(found.found.values_list("pk", flat=True)) == set(expected)


def _sorted(fits: list[Customer], order: str) -> list[Customer]:
    """In that order, those without a value last."""
    worths = dict(queries.worths(actor=system_actor(), currency="IRR").values_list("customer_id", "number"))
    touched = dict(Touch.objects.values_list("pk", "at"))
    keys: dict[str, Callable[[Customer], Any]] = {
        "name": lambda one: one.sort_key,
        "value": lambda one: worths.get(one.pk),
        "touched": lambda one: touched[one.pk],
        "newest": lambda one: 0,
    }
    name = order.removeprefix("-")
    falling = (name in ("value", "touched", "newest")) is not order.startswith("-")
    known = [one for one in fits if keys[name](one) is not None]
    rest = [one for one in fits if keys[name](one) is None]
    ordered = sorted(known, key=lambda one: (keys[name](one), one.pk), reverse=falling)
    return ordered + sorted(rest, key=lambda one: one.pk, reverse=falling)


steps = st.lists(
    st.one_of(
        st.tuples(st.just("add"), names, st.integers(0, 2)),
        st.tuples(st.just("rename"), names, st.integers(0, 9)),
        st.tuples(st.just("give"), st.just(""), st.integers(0, 9)),
        st.tuples(st.just("drop"), st.just(""), st.integers(0, 9)),
        st.tuples(st.just("undo"), st.just(""), st.just(0)),
        st.tuples(st.just("fold"), st.just(""), st.just(0)),
    ),
    max_size=10,
)


@quiet
@given(taken=steps)
def test_who_bears_a_word_is_always_what_the_names_say(taken: list[tuple[str, str, int]]) -> None:
    Customer.objects.all().delete()
    services.words_fold()
    sara = factories.user()
    for verb, name, number in taken:
        rows = list(Customer.objects.order_by("pk"))
        if verb == "add":
            factories.customer(name, owner_id=sara.pk if number else None)
        elif verb == "rename" and rows:
            services.customer_update(
                actor=system_actor(), customer=rows[number % len(rows)], changes={"name": name}, version=None
            )
        elif verb == "give" and rows:
            services.owner_set(actor=system_actor(), customers=[rows[number % len(rows)].pk], owner_id=sara.pk)
        elif verb == "drop" and rows:
            services.customers_delete(actor=system_actor(), customers=[rows[number % len(rows)].pk])
        elif verb == "undo":
            last = ChangeSet.objects.filter(kind__in=("edit", "bulk"), undone_by=None).order_by("-pk").first()
            if last is not None:
                undo(actor=system_actor(), change_set_id=last.pk)
        elif verb == "fold":
            services.words_fold()
        said = {
            (one.pk, word): (one.owner_id, one.team_id, one.sort_key)
            for one in Customer.objects.all()
            for word in one.search_key.split()
        }
        borne = {(row.customer_id, row.word): (row.owner_id, row.team_id, row.sort_key) for row in Bearer.objects.all()}
        assert borne == said
        counted: Counter[str] = Counter()
        for row in NameWord.objects.all():
            counted[row.word] += row.bearers
        assert {word: count for word, count in counted.items() if count} == Counter(word for _pk, word in said)
        assert set(Touch.objects.values_list("pk", flat=True)) == set(Customer.objects.values_list("pk", flat=True))


def test_adding_up_forgets_what_nobody_bears() -> None:
    made = factories.customer("نام یگانه")
    factories.customer("نام دیگر")
    services.customer_update(actor=system_actor(), customer=made, changes={"name": "نام تازه"}, version=None)
    assert NameWord.objects.filter(word="یگانه").exists()
    services.words_fold()
    assert not NameWord.objects.filter(word="یگانه").exists()
    assert NameWord.objects.get(word="نام").bearers == 2


def test_a_part_of_a_very_long_word_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(naming, "FEW", 0)
    word = "".join(chr(ord("a") + place * (place // 26 + 1) % 26) for place in range(250))
    made = factories.customer(f"{word} محمد", kind="organisation")
    for start in range(0, len(word) - 5, 7):
        for length in (5, 39, 40, 41, 90):
            part = word[start : start + length]
            assert [one.pk for one in queries.customers_search(actor=system_actor(), text=part).rows] == [made.pk], part


def test_a_cursor_of_another_list_is_refused() -> None:
    for place in range(3):
        factories.customer(f"محمد {'الف' * place}")
    wanted = asked(actor=system_actor(), query={"sort": "newest"}, currency="IRR")
    cursor = Listing(system_actor(), wanted, "IRR").page(size=1).next_cursor
    for query in ({"q": "محمد"}, {"sort": "value"}):
        other = Listing(system_actor(), asked(actor=system_actor(), query=query, currency="IRR"), "IRR")
        with pytest.raises(lists.BadCursorError):
            other.page(cursor=cursor, size=1)


def test_a_cursor_with_other_values_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(naming, "FEW", 0)
    factories.customer("محمد")
    for query, values in (({"q": "محمد"}, (5, 7)), ({"sort": "value"}, ("الف", 7)), ({"q": "محمد"}, ("الف", "ب"))):
        found = Listing(system_actor(), asked(actor=system_actor(), query=query, currency="IRR"), "IRR")
        with pytest.raises(lists.BadCursorError):
            found.page(cursor=lists._written(values), size=1)
