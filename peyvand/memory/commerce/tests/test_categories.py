"""The tree of categories: it stays a tree, in its order, and narrows what is sold."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from peyvand.foundation.changes.services import change_set, undo
from peyvand.foundation.registry.actor import NotAllowed, Scope, system_actor
from peyvand.memory.commerce.models import Category, Product
from peyvand.memory.commerce.queries import ProductFilter, categories, products
from peyvand.memory.commerce.services import (
    ProductData,
    category_archive,
    category_move,
    category_save,
    product_save,
)
from peyvand.memory.commerce.tests.factories import an_actor

pytestmark = pytest.mark.django_db
ACTOR = system_actor()


def grow(name: str, parent: Category | None = None, english: str = "") -> Category:
    return category_save(actor=ACTOR, name_fa=name, name_en=english, parent_id=parent.pk if parent else None)


def shape() -> list[str]:
    with override("fa"):
        return [branch.full for branch in categories(actor=ACTOR)]


def test_a_tree_is_read_from_the_root_down_in_its_order_and_the_readers_language() -> None:
    drinks, tools = grow("نوشیدنی", english="Drinks"), grow("ابزار")
    tea, coffee = grow("چای", drinks, "Tea"), grow("قهوه", drinks)
    assert shape() == ["نوشیدنی", "نوشیدنی › چای", "نوشیدنی › قهوه", "ابزار"]
    category_move(actor=ACTOR, category=coffee, up=True)
    category_move(actor=ACTOR, category=tools, up=True)
    category_move(actor=ACTOR, category=tools, up=True)  # at the end already
    assert shape() == ["ابزار", "نوشیدنی", "نوشیدنی › قهوه", "نوشیدنی › چای"]
    with override("en"):
        assert categories(actor=ACTOR).full(tea.pk) == "Drinks › Tea"
        assert categories(actor=ACTOR).full(coffee.pk) == "Drinks › قهوه"
    assert categories(actor=ACTOR).above(tea.pk) == [tea.pk, drinks.pk]


@settings(max_examples=20, deadline=None)
@given(moves=st.lists(st.tuples(st.integers(0, 6), st.integers(-1, 6)), max_size=12))
def test_whatever_is_moved_where_it_stays_a_tree(moves: list[tuple[int, int]]) -> None:
    with transaction.atomic():
        made = [grow(f"شاخه {number}") for number in range(7)]
        for which, where in moves:
            parent_id = None if where < 0 else made[where].pk
            try:
                one = made[which]
                category_save(actor=ACTOR, name_fa=one.name_fa, name_en="", parent_id=parent_id, category=one)
            except ValidationError:
                assert parent_id is not None
        assert sorted(branch.pk for branch in categories(actor=ACTOR)) == sorted(one.pk for one in made)
        assert all(branch.depth < 6 for branch in categories(actor=ACTOR))
        transaction.set_rollback(True)


def test_the_database_itself_refuses_a_circle_and_a_second_of_a_name() -> None:
    drinks = grow("نوشیدنی")
    tea = grow("چای", drinks)
    with pytest.raises(IntegrityError), transaction.atomic():
        Category.objects.filter(pk=drinks.pk).update(parent=tea)
    with pytest.raises(IntegrityError), transaction.atomic():
        Category.objects.create(name_fa="دوم", key=drinks.key)
    with pytest.raises(IntegrityError), transaction.atomic():
        Category.objects.create(name_fa="نمونه", key="نمونه", demo=True, parent=drinks)


@pytest.mark.parametrize("wrong", [("", ""), ("x" * 81, ""), ("چاي", ""), ("", "Tea"), ("چای › سبز", ""), ("a>b", "")])
def test_a_name_that_makes_no_sense_is_refused_in_words(wrong: tuple[str, str]) -> None:
    grow("چای", english="tea")
    with pytest.raises(ValidationError):
        category_save(actor=ACTOR, name_fa=wrong[0], name_en=wrong[1])
    assert Category.objects.count() == 1


def test_products_are_narrowed_by_a_branch_and_all_below_it() -> None:
    drinks = grow("نوشیدنی")
    tea = grow("چای", drinks)

    def product(sku: str, category: Category | None) -> Product:
        data = ProductData(sku, sku, "EUR", unit_price=Decimal(1), category_id=category.pk if category else None)
        return product_save(actor=ACTOR, data=data)

    water, green, cup = product("water", drinks), product("green", tea), product("cup", None)

    def found(**chosen: int) -> set[Product]:
        return set(products(actor=ACTOR, chosen=ProductFilter(**chosen)))

    assert found() == {water, green, cup}
    assert found(category_id=drinks.pk) == {water, green}
    assert found(category_id=tea.pk) == {green}
    assert found(category_id=10**9) == set()


def test_an_archived_branch_is_no_longer_offered_and_its_products_keep_it() -> None:
    drinks = grow("نوشیدنی")
    tea = grow("چای", drinks)
    data = ProductData("T", "چای", "EUR", category_id=tea.pk)
    product = product_save(actor=ACTOR, data=data)
    category_archive(actor=ACTOR, category=drinks, archived=True)
    assert categories(actor=ACTOR).offered() == []
    product = product_save(actor=ACTOR, data=data, product=product)  # where it is already
    assert product.category == tea
    with pytest.raises(ValidationError):
        product_save(actor=ACTOR, data=ProductData("U", "دیگر", "EUR", category_id=tea.pk))
    category_archive(actor=ACTOR, category=drinks, archived=False)
    assert len(categories(actor=ACTOR).offered()) == 2


def test_growing_can_be_taken_back_unless_something_stands_there() -> None:
    with change_set(actor=ACTOR, kind="settings", title="دسته") as done:
        tea = grow("چای")
    with change_set(actor=ACTOR, kind="settings", title="دسته") as other:
        grow("قهوه")
    product_save(actor=ACTOR, data=ProductData("T", "چای", "EUR", category_id=tea.pk))
    assert undo(actor=ACTOR, change_set_id=done.pk).kept == 1
    assert undo(actor=ACTOR, change_set_id=other.pk).kept == 0
    assert shape() == ["چای"]


def test_without_the_right_nothing_grows() -> None:
    looks = an_actor({"products.view": Scope.ALL})
    with pytest.raises(NotAllowed):
        category_save(actor=looks, name_fa="چای", name_en="")
    with pytest.raises(NotAllowed):
        categories(actor=an_actor({}))
