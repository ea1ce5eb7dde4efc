"""What comes back and what stays."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from peyvand.foundation.changes import services
from peyvand.foundation.changes.declarations import KindOfSet, Recompute
from peyvand.foundation.changes.models import ChangeSet
from peyvand.foundation.changes.tests.tiny import Item, Mark, Shop, tiny
from peyvand.foundation.registry.actor import Actor, NotAllowed, Scope, system_actor
from peyvand.foundation.registry.registry import Registry, registry

__all__ = ["tiny"]
pytestmark = pytest.mark.usefixtures("tiny")
SARA = Actor(user_id=7, name="Sara")
ARASH = Actor(user_id=8, name="Arash")


def world() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the three tables."""
    return {model._meta.db_table: list(model.objects.order_by("pk").values_list()) for model in (Shop, Item, Mark)}


def in_set(title: str = "x", actor: Actor = SARA) -> Any:
    return services.change_set(actor=actor, kind="edit", title=title)


def kept(result: services.UndoResult) -> set[tuple[str, int, str]]:
    return {(row.table.removeprefix("changes_test_"), row.row_id, row.reason) for row in result.kept_rows}


def filled() -> tuple[Shop, Item]:
    shop = Shop.objects.create(name="old", town="Qom", key="key")
    item = Item.objects.create(shop=shop, label="cup", price=Decimal("10.5000"))
    Mark.objects.create(item=item, note="derived")
    return shop, item


def test_inserts_updates_and_deletes_come_back_in_one_undo_and_once_more() -> None:
    shop, item = filled()
    gone = Item.objects.create(shop=shop, label="gone", price=Decimal("1.2500"), twin=item)
    before = world()
    with in_set() as opened:
        new = Shop.objects.create(name="new", key=None)  # excluded columns do not come back
        Item.objects.create(shop=new, label="inside", twin=item)
        Item.objects.filter(pk=item.pk).update(shop=new, price=3)
        Shop.objects.filter(pk=shop.pk).update(town="Yazd")
        Shop.objects.filter(pk=shop.pk).update(town="Ahvaz", name="newer")
        gone.delete()
    after = world()
    result = services.undo(actor=SARA, change_set_id=opened.pk)
    assert world() == before
    assert (result.undone, result.kept) == (5, 0)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    again = services.undo(actor=SARA, change_set_id=result.change_set_id)
    assert world() == after
    assert (again.undone, again.kept) == (5, 0)
    third = services.undo(actor=SARA, change_set_id=again.change_set_id)
    assert world() == before
    assert third.kept == 0


def test_a_set_is_undone_once() -> None:
    with in_set() as opened:
        Shop.objects.create(name="a")
    services.undo(actor=SARA, change_set_id=opened.pk)
    with pytest.raises(services.AlreadyUndoneError):
        services.undo(actor=SARA, change_set_id=opened.pk)


def test_rows_edited_since_stay_and_are_listed() -> None:
    with in_set() as opened:
        shops = [Shop.objects.create(name=f"shop {number}") for number in range(320)]
    for shop in shops[:22]:
        with in_set(actor=ARASH):
            Shop.objects.filter(pk=shop.pk).update(town="Rasht")
    result = services.undo(actor=SARA, change_set_id=opened.pk)
    assert (result.undone, result.kept) == (298, 22)
    assert kept(result) == {("shop", shop.pk, "edited") for shop in shops[:22]}
    undo_set = ChangeSet.objects.get(pk=result.change_set_id)
    assert undo_set.undo_of_id == opened.pk
    assert undo_set.outcome["undone"] == 298
    assert len(undo_set.outcome["kept_rows"]) == 22


def test_an_edit_that_was_taken_back_does_not_hold_a_row() -> None:
    shop, _ = filled()
    before = world()
    with in_set() as first:
        Shop.objects.filter(pk=shop.pk).update(town="A")
    with in_set() as second:
        Shop.objects.filter(pk=shop.pk).update(town="B")
    services.undo(actor=SARA, change_set_id=second.pk)
    result = services.undo(actor=SARA, change_set_id=first.pk)
    assert (result.undone, result.kept) == (1, 0)
    assert world() == before


def test_a_row_that_others_refer_to_stays_with_all_it_stands_on() -> None:
    with in_set() as opened:
        shop = Shop.objects.create(name="a")
        item = Item.objects.create(shop=shop, label="mine")
        alone = Item.objects.create(shop=shop, label="alone")
    with in_set(actor=ARASH):
        Item.objects.create(shop=Shop.objects.create(name="b"), label="theirs", twin=item)
    result = services.undo(actor=SARA, change_set_id=opened.pk)
    assert kept(result) == {("shop", shop.pk, "referred"), ("item", item.pk, "referred")}
    assert result.undone == 1
    assert not Item.objects.filter(pk=alone.pk).exists()


def test_untracked_rows_that_hang_on_a_row_go_with_it() -> None:
    with in_set() as opened:
        filled()
    result = services.undo(actor=SARA, change_set_id=opened.pk)
    assert (result.undone, result.kept) == (2, 0)
    assert world() == {"changes_test_shop": [], "changes_test_item": [], "changes_test_mark": []}


def test_what_was_erased_never_comes_back() -> None:
    shop, _ = filled()
    other = Shop.objects.create(name="other")
    with in_set() as opened:
        Shop.objects.filter(pk=shop.pk).update(name="edited")
        other.delete()
    services.images_erase(actor=SARA, rows={"changes_test_shop": [shop.pk, other.pk or 0, shop.pk + 1]})
    result = services.undo(actor=SARA, change_set_id=opened.pk)
    assert kept(result) == {("shop", shop.pk, "erased"), ("shop", shop.pk + 1, "erased")}
    assert Shop.objects.get().name == "edited"


def test_a_deleted_row_whose_parent_went_later_stays_away() -> None:
    shop, item = filled()
    item_id = item.pk
    with in_set() as opened:
        item.delete()
    with in_set(actor=ARASH):
        shop.delete()
    result = services.undo(actor=SARA, change_set_id=opened.pk)
    assert kept(result) == {("item", item_id, "missing")}
    assert result.undone == 0


def test_a_unique_value_that_is_taken_keeps_the_row_away() -> None:
    shop, item = filled()
    other = Item.objects.create(shop=shop, label="other")
    item_id = item.pk
    with in_set() as opened:
        item.delete()
        Item.objects.filter(pk=other.pk).update(label="free")
        Shop.objects.filter(pk=shop.pk).update(town="Yazd")
    with in_set(actor=ARASH):
        Item.objects.create(shop=shop, label="cup")
        Item.objects.create(shop=shop, label="other")
    result = services.undo(actor=SARA, change_set_id=opened.pk)
    assert kept(result) == {("item", item_id, "taken"), ("item", other.pk, "taken")}
    assert result.undone == 1
    assert Shop.objects.get().town == "Qom"


def test_a_unique_value_moved_inside_the_set_comes_back() -> None:
    shop, item = filled()
    before = world()
    with in_set() as opened:
        Mark.objects.all().delete()
        item.delete()
        Item.objects.create(shop=shop, label="cup")
    services.undo(actor=SARA, change_set_id=opened.pk)
    assert {table: rows for table, rows in world().items() if table != "changes_test_mark"} == {
        table: rows for table, rows in before.items() if table != "changes_test_mark"
    }


def test_an_open_set_is_closed_by_its_undo() -> None:
    opened = services.open_change_set(actor=SARA, kind="import", title="file")
    with services.resume(opened.pk):
        Shop.objects.create(name="a")
    assert services.undo(actor=SARA, change_set_id=opened.pk).undone == 1
    with pytest.raises(services.ClosedSetError), services.resume(opened.pk):
        pass


def test_excluded_columns_of_restored_rows_are_recomputed(monkeypatch: pytest.MonkeyPatch) -> None:
    def refill(row_ids: Sequence[int]) -> None:
        Shop.objects.filter(pk__in=row_ids).update(key="recomputed")

    shop, _ = filled()
    monkeypatch.setattr(registry, "_by_kind", {**registry._by_kind, Recompute: {}})
    registry.add(Recompute(name="changes_test_shop", function=refill))
    with in_set() as opened:
        Shop.objects.filter(pk=shop.pk).update(name="x", key="y")
    services.undo(actor=SARA, change_set_id=opened.pk)
    shop.refresh_from_db()
    assert (shop.name, shop.key) == ("old", "recomputed")


def test_rights_ones_own_sets_and_those_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []
    for _ in range(4):
        with in_set() as made:
            Shop.objects.create(name="a")
        opened.append(made.pk)
    with pytest.raises(NotAllowed):
        services.undo(actor=ARASH, change_set_id=opened[0])
    assert Shop.objects.count() == 4
    services.undo(actor=Actor(user_id=8, name="Arash", grants={"changes.undo": Scope.ALL}), change_set_id=opened[0])
    services.undo(actor=SARA, change_set_id=opened[1])
    services.undo(actor=system_actor(), change_set_id=opened[2])
    kinds = Registry()
    kinds.add(KindOfSet(name="edit", label="Edit", icon="x", permission="changes.view_audit"))
    monkeypatch.setitem(registry._by_kind, KindOfSet, kinds._by_kind[KindOfSet])
    with pytest.raises(NotAllowed):
        services.undo(actor=SARA, change_set_id=opened[3])
    with pytest.raises(ChangeSet.DoesNotExist):
        services.undo(actor=system_actor(demo=True), change_set_id=opened[3])
