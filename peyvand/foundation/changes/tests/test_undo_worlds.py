"""Random worlds: sets of random writes, with undo and undo of undo between them, against a model in plain Python.

The model keeps a whole copy of every row before and after every write, and decides by looking at those copies; the
product works from changed columns in SQL. Unique labels are left out of the random values: they are tested by hand.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from peyvand.foundation.changes import services
from peyvand.foundation.changes.tests.tiny import Item, Shop, tiny
from peyvand.foundation.registry.actor import system_actor

__all__ = ["tiny"]

Key = tuple[str, int]
RowState = dict[str, Any] | None
MODELS = {"shop": Shop, "item": Item}
ACTOR = system_actor()


@dataclass
class Write:
    number: int  # of the set
    key: Key
    before: RowState
    after: RowState


@dataclass
class World:
    """Rows as they should be, and every write that led there."""

    rows: dict[Key, dict[str, Any]] = field(default_factory=dict)
    log: list[Write] = field(default_factory=list)

    def put(self, number: int, key: Key, after: RowState) -> None:
        before = self.rows.get(key)
        if before == after:
            return
        self.log.append(Write(number, key, before, after))
        if after is None:
            del self.rows[key]
        else:
            self.rows[key] = after

    def undo(self, number: int, undo_number: int) -> tuple[int, int]:
        """Rows brought back and kept."""
        goal: dict[Key, RowState] = {}
        kept: set[Key] = set()
        for key in {write.key for write in self.log if write.number == number}:
            mine = [at for at, write in enumerate(self.log) if write.key == key and write.number == number]
            theirs = [at for at, write in enumerate(self.log) if write.key == key and write.number != number]
            now, first = self.rows.get(key), self.log[mine[0]].before
            if first is None and now is None:
                continue
            later = [at for at in theirs if at > mine[0]]
            after_mine = self.log[mine[-1]].after
            if later and (later[0] < mine[-1] or now != after_mine):
                kept.add(key)
                continue
            wanted: RowState
            if first is None or now is None:
                wanted = first
            else:
                changed = {
                    column
                    for at in mine
                    for column in first
                    if (self.log[at].before or {}).get(column) != (self.log[at].after or {}).get(column)
                }
                wanted = {**now, **{column: first[column] for column in changed}}
            if wanted != now:
                goal[key] = wanted
        while held := self._held(goal):
            for key in held:
                del goal[key]
            kept |= held
        for key, wanted in goal.items():
            self.put(undo_number, key, wanted)
        return len(goal), len(kept)

    def _held(self, goal: dict[Key, RowState]) -> set[Key]:
        """Rows that cannot reach their goal because a reference would hang in the air."""
        end = {**self.rows, **goal}
        targets, movers = set(), set()
        for key, row in end.items():
            if row is None or key[0] == "shop":
                continue
            for table, column in (("shop", "shop_id"), ("item", "twin_id")):
                target = (table, row[column])
                if target[1] is None or end.get(target) is not None:
                    continue
                stays = key not in goal or (self.rows.get(key) or {}).get(column) == target[1]
                if stays:
                    targets.add(target)
                else:
                    movers.add(key)
        return targets or movers


class Worlds(RuleBasedStateMachine):
    """Writes go to the database and to the model alike; after every step both are equal."""

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint()
        self.world = World()
        self.sets: list[int] = []
        self.undone: set[int] = set()
        self.labels = 0

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.savepoint)

    def ids(self, table: str) -> list[int]:
        return sorted(row_id for name, row_id in self.world.rows if name == table)

    @rule(data=st.data(), steps=st.integers(1, 5))
    def write(self, data: st.DataObject, steps: int) -> None:
        """One set of a few random writes."""
        with services.change_set(actor=ACTOR, kind="edit", title="random") as made:
            for _ in range(steps):
                self._step(data, made.pk)
        self.sets.append(made.pk)

    @rule(data=st.data(), steps=st.integers(2, 4))
    def write_interleaved(self, data: st.DataObject, steps: int) -> None:
        """A long set, with another's write in between."""
        opened = services.open_change_set(actor=ACTOR, kind="import", title="long")
        for _ in range(steps):
            with services.resume(opened.pk):
                self._step(data, opened.pk)
            with services.change_set(actor=ACTOR, kind="edit", title="between") as between:
                self._step(data, between.pk)
            self.sets.append(between.pk)
        services.close_change_set(opened.pk)
        self.sets.append(opened.pk)

    def _step(self, data: st.DataObject, number: int) -> None:
        shops, items = self.ids("shop"), self.ids("item")
        verb = data.draw(
            st.sampled_from(
                ["new shop"]
                + ["town", "drop shop", "new item"] * bool(shops)
                + ["price", "twin", "move", "drop item"] * bool(items)
            )
        )
        if verb == "new shop":
            shop = Shop.objects.create(name="shop", town="")
            self.world.put(number, ("shop", shop.pk), {"town": ""})
        elif verb == "town":
            shop_id, town = data.draw(st.sampled_from(shops)), data.draw(st.sampled_from("AB"))
            Shop.objects.filter(pk=shop_id).update(town=town)
            self.world.put(number, ("shop", shop_id), {"town": town})
        elif verb == "new item":
            self.labels += 1
            item = Item.objects.create(shop_id=data.draw(st.sampled_from(shops)), label=f"item {self.labels}")
            self.world.put(number, ("item", item.pk), {"shop_id": item.shop_id, "twin_id": None, "price": 0})
        elif verb == "drop shop":
            self._drop_shop(number, data.draw(st.sampled_from(shops)))
        elif verb == "drop item":
            self._drop_item(number, data.draw(st.sampled_from(items)))
        else:
            self._edit_item(data, number, verb, shops, items)

    def _edit_item(self, data: st.DataObject, number: int, verb: str, shops: list[int], items: list[int]) -> None:
        item_id = data.draw(st.sampled_from(items))
        if verb == "price":
            change: dict[str, Any] = {"price": data.draw(st.integers(0, 2))}
        elif verb == "twin":
            change = {"twin_id": data.draw(st.sampled_from([None, *items]))}
        else:
            change = {"shop_id": data.draw(st.sampled_from(shops))}
        Item.objects.filter(pk=item_id).update(**change)
        self.world.put(number, ("item", item_id), {**self.world.rows["item", item_id], **change})

    def _drop_item(self, number: int, item_id: int) -> None:
        for key, row in list(self.world.rows.items()):
            if key[0] == "item" and row["twin_id"] == item_id:
                self.world.put(number, key, {**row, "twin_id": None})
        self.world.put(number, ("item", item_id), None)
        Item.objects.get(pk=item_id).delete()

    def _drop_shop(self, number: int, shop_id: int) -> None:
        inside = [key[1] for key, row in self.world.rows.items() if key[0] == "item" and row["shop_id"] == shop_id]
        for item_id in inside:
            self._drop_item(number, item_id)
        Shop.objects.get(pk=shop_id).delete()
        self.world.put(number, ("shop", shop_id), None)

    @precondition(lambda self: set(self.sets) - self.undone)
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(set(self.sets) - self.undone)))
        self.undone.add(number)
        result = services.undo(actor=ACTOR, change_set_id=number)
        expected = self.world.undo(number, result.change_set_id)
        self.sets.append(result.change_set_id)
        assert (result.undone, result.kept) == expected

    @invariant()
    def both_are_equal(self) -> None:
        found: dict[Key, dict[str, Any]] = {
            ("shop", row.pop("id")): row for row in Shop.objects.values("id", "town")
        } | {("item", row.pop("id")): row for row in Item.objects.values("id", "shop_id", "twin_id", "price")}
        assert found == self.world.rows
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.mark.usefixtures("tiny")
def test_random_worlds() -> None:
    run_state_machine_as_test(
        Worlds,
        settings=settings(
            max_examples=25,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
        ),
    )
